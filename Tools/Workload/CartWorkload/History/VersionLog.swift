/// Every version of one cart that a client received, each as its difference to the preceding one.
///
/// Only the latest version is kept whole, so that a version costs no more than the lines that changed.
struct VersionLog: Sendable {
    struct Entry: Sendable {
        let version: UInt64
        /// The digest of its content.
        let digest: UInt64
        let phase: CartObservation.Phase
        let note: Article?
        let mark: Article?
        /// The differences of lines to the preceding entry, or to an empty cart.
        var differences: [LineDifference]

        init(_ observation: CartObservation, _ differences: [LineDifference]) {
            version = observation.version
            digest = observation.digest
            phase = observation.phase
            note = observation.note
            mark = observation.mark
            self.differences = differences
        }
    }

    /// The result of inserting an observation.
    enum Insertion: Sendable {
        case new, known
        /// The version was received before, with another content.
        case contradicts
    }

    /// In ascending order of versions.
    private(set) var entries: [Entry] = []
    /// The lines of the last entry.
    private(set) var latest: [CartObservation.Line] = []

    /// The highest version received; 0 for none.
    var version: UInt64 { entries.last?.version ?? 0 }

    mutating func insert(_ observation: CartObservation) -> Insertion {
        if observation.version > version {
            let differences = LineDifference.from(latest, to: observation.lines)
            entries.append(Entry(observation, differences))
            latest = observation.lines
            return .new
        }
        let place = firstIndex(notBefore: observation.version)
        if entries[place].version == observation.version {
            return entries[place].digest == observation.digest ? .known : .contradicts
        }
        let following = lines(at: place)
        let preceding = LineDifference.undo(entries[place].differences, in: following)
        entries[place].differences = LineDifference.from(observation.lines, to: following)
        let entry = Entry(observation, LineDifference.from(preceding, to: observation.lines))
        entries.insert(entry, at: place)
        return .new
    }

    /// The index of the first entry of this version or a later one, which must exist.
    func firstIndex(notBefore version: UInt64) -> Int {
        var (low, high) = (0, entries.count - 1)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].version >= version { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The lines of an entry, reconstructed backwards from the latest.
    private func lines(at place: Int) -> [CartObservation.Line] {
        var lines = latest
        for entry in entries[(place + 1)...].reversed() {
            lines = LineDifference.undo(entry.differences, in: lines)
        }
        return lines
    }
}
