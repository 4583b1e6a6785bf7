/// Every version of one cart that was ever shown, each as what it changed in the one shown before it.
///
/// Whole contents are kept of the latest only, so that a version costs the few lines that changed.
struct VersionLog: Sendable {
    struct Entry: Sendable {
        let version: UInt64
        /// Of all its lines.
        let digest: UInt64
        /// From the entry before, or from an empty cart.
        var shifts: [Shift]
    }

    /// What became of a showing.
    enum Taken: Sendable {
        case new, known
        /// The version was shown before, with other lines.
        case contradicts
    }

    /// In ascending order of versions.
    private(set) var entries: [Entry] = []
    /// The lines of the last entry.
    private(set) var latest: [Showing.Line] = []

    /// The highest version shown; 0 for none.
    var version: UInt64 { entries.last?.version ?? 0 }

    mutating func take(_ showing: Showing) -> Taken {
        if showing.version > version {
            let shifts = Shift.between(latest, showing.lines)
            entries.append(Entry(version: showing.version, digest: showing.digest, shifts: shifts))
            latest = showing.lines
            return .new
        }
        let place = firstIndex(notBefore: showing.version)
        if entries[place].version == showing.version {
            return entries[place].digest == showing.digest ? .known : .contradicts
        }
        let following = lines(at: place)
        let preceding = Shift.undo(entries[place].shifts, in: following)
        entries[place].shifts = Shift.between(showing.lines, following)
        let entry = Entry(
            version: showing.version,
            digest: showing.digest,
            shifts: Shift.between(preceding, showing.lines)
        )
        entries.insert(entry, at: place)
        return .new
    }

    /// The first entry of this version or a later one. There is one.
    func firstIndex(notBefore version: UInt64) -> Int {
        var (low, high) = (0, entries.count - 1)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].version >= version { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The lines of an entry, by going back from the latest.
    private func lines(at place: Int) -> [Showing.Line] {
        var lines = latest
        for entry in entries[(place + 1)...].reversed() {
            lines = Shift.undo(entry.shifts, in: lines)
        }
        return lines
    }
}
