/// Every version of one cart that was ever shown, each as what it changed in the one shown before it.
///
/// Whole contents are kept of the latest only, so that a version costs the few lines that changed.
struct VersionLog: Sendable {
    struct Entry: Sendable {
        let version: UInt64
        /// Of all its lines.
        let digest: UInt64
        /// From the entry before, or from an empty cart.
        var differences: [LineDifference]
    }

    /// What became of an observation.
    enum Taken: Sendable {
        case new, known
        /// The version was shown before, with other lines.
        case contradicts
    }

    /// In ascending order of versions.
    private(set) var entries: [Entry] = []
    /// The lines of the last entry.
    private(set) var latest: [CartObservation.Line] = []

    /// The highest version shown; 0 for none.
    var version: UInt64 { entries.last?.version ?? 0 }

    mutating func take(_ observation: CartObservation) -> Taken {
        if observation.version > version {
            let differences = LineDifference.between(latest, observation.lines)
            entries.append(
                Entry(version: observation.version, digest: observation.digest, differences: differences)
            )
            latest = observation.lines
            return .new
        }
        let place = firstIndex(notBefore: observation.version)
        if entries[place].version == observation.version {
            return entries[place].digest == observation.digest ? .known : .contradicts
        }
        let following = lines(at: place)
        let preceding = LineDifference.undo(entries[place].differences, in: following)
        entries[place].differences = LineDifference.between(observation.lines, following)
        let entry = Entry(
            version: observation.version,
            digest: observation.digest,
            differences: LineDifference.between(preceding, observation.lines)
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
    private func lines(at place: Int) -> [CartObservation.Line] {
        var lines = latest
        for entry in entries[(place + 1)...].reversed() {
            lines = LineDifference.undo(entry.differences, in: lines)
        }
        return lines
    }
}
