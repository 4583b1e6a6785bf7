/// Checks that the changes of one cart explain its versions, and that its versions contain the changes.
///
/// Versions order all changes of a cart, so that there is nothing to search: each difference between two
/// versions has one operation that can have made it (each article, and each quantity and price of a line,
/// belongs to one operation), and each is looked at once.
struct CartCheck {
    let cart: Int
    let changes: [ChangeRecord]
    let places: [OperationID: Int32]
    let index: ChangeIndex
    /// The operations that added articles to other carts, whose lines a merge may bring here.
    let foreignAdditions: Set<OperationID>
    /// The version in which the effect of each change was found in the current era; 0 for none.
    var found: [UInt64]
    /// The lines of the version that was looked at last, by id.
    var present: [UInt32: CartObservation.Line] = [:]
    /// The phase, the note and the mark of that version.
    var phase = CartObservation.Phase.open
    var note: Article?
    var mark: Article?
    /// The version that was the first without a line, by line.
    var removedAt: [UInt32: UInt64] = [:]
    /// The changes of the current era that remove all lines.
    private(set) var wipes = EraWipes()
    /// An inspector found the cart deleted in the current era.
    private(set) var isFoundDeleted = false
    /// The lines that merges brought here, and the lines that they took away.
    var transfers = MergeTransfers()
    var violations: Violations

    init(_ cartHistory: CartHistory, foreignAdditions: Set<OperationID> = []) {
        cart = cartHistory.cart
        changes = cartHistory.changes
        places = cartHistory.places
        violations = cartHistory.violations
        index = ChangeIndex(cartHistory.changes, of: cartHistory.cart)
        self.foreignAdditions = foreignAdditions
        found = []
    }

    /// The state of a change, as seen from one era.
    enum Standing {
        /// Its client was told that it was not and will not be applied.
        case denied
        /// It was first sent in a later era.
        case later
        /// It was acknowledged at this version.
        case exactly(UInt64)
        /// It was acknowledged without its version, which is this one or a lower one.
        case upTo(UInt64)
        /// Its outcome is unknown, or does not bind this era.
        case open
    }

    func standing(_ place: Int, in era: Int) -> Standing {
        let change = changes[place]
        if change.isDenied { return .denied }
        if change.era > era { return .later }
        guard change.era == era, change.acknowledgedIn == era else { return .open }
        if let version = change.version { return .exactly(version) }
        return change.ceiling.map { .upTo($0) } ?? .open
    }

    /// The likelihood that a change had effect in a gap.
    enum Fit {
        case impossible, possible
        /// It was acknowledged at a version of the gap.
        case certain
    }

    /// - Parameter again: the change counts also if its effect was found elsewhere.
    func fit(_ place: Int, _ gap: Gap, again: Bool = false) -> Fit {
        let change = changes[place]
        let isFree = again || found[place] == 0 || found[place] == gap.upTo || index.repeats(place)
        let isLate = change.era < gap.era || change.floor < gap.upTo
        switch standing(place, in: gap.era) {
        case .denied, .later: return .impossible
        case .exactly(let version): return gap.contains(version) ? .certain : .impossible
        case .upTo(let version): return isFree && isLate && version > gap.after ? .possible : .impossible
        case .open:
            if let expected = change.expected, !gap.contains(expected + 1), !change.action.maySucceedAnyway {
                return .impossible
            }
            return isFree && isLate ? .possible : .impossible
        }
    }

    mutating func report(_ invariant: Invariant, at time: Duration? = nil, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }

    /// Checks one era.
    ///
    /// - Parameter isComplete: the cart was read at the end of the era.
    mutating func check(_ era: CartHistory.Era, _ number: Int, isComplete: Bool) {
        found = [UInt64](repeating: 0, count: changes.count)
        (present, phase, removedAt) = ([:], .open, [:])
        (note, mark) = (nil, nil)
        wipes = eraWipes(number)
        isFoundDeleted = era.refusals.contains { $0.reason == .deleted && $0.operation.client == 0 }
        let (certain, doubtful) = acknowledgedVersions(in: number)
        let first = firstVersion(of: era, number)
        var gaps: [Gap] = []
        var before: UInt64 = 0
        for entry in era.log.entries {
            var gap = Gap(after: before, upTo: entry.version, era: number, first: first)
            gap.isBegunByOthers = before == 0 && certain.first == first
            gap.beginsDeleted = phase == .deleted
            gap.endsDeleted = entry.phase == .deleted || mustBeDeleted(entry, gap)
            gap.changesDetails = note != entry.note || mark != entry.mark
            explain(entry, &gap)
            gaps.append(gap)
            before = entry.version
        }
        // A change without a visible effect excuses a version only once every visible effect has its change.
        var acknowledged = VersionCounter(certain)
        var perhaps = VersionCounter(doubtful)
        for (gap, entry) in zip(gaps, era.log.entries) where gap.after > 0 || number == 0 {
            // The first version after a loss window need not have a history.
            count(gap, entry, acknowledged: acknowledged.count(in: gap), perhaps: perhaps.count(in: gap))
        }
        requireEffects(era.log, number, isComplete: isComplete)
        if number == 0 { requireReasons(era.refusals) }
    }

    /// True if only a deletion can have removed the details that are missing in a version.
    private func mustBeDeleted(_ entry: VersionLog.Entry, _ gap: Gap) -> Bool {
        // A merge takes the details with the lines. The deletion may be needed for what comes after it.
        if case .merged = entry.phase { return false }
        let losesDetails = (note != nil && entry.note == nil) || (mark != nil && entry.mark == nil)
        return losesDetails && !index.unsettings.contains { fit($0, gap) != .impossible }
    }

    /// The lowest version that a client received or that a change was acknowledged at: a cart's versions
    /// begin anywhere.
    private func firstVersion(of era: CartHistory.Era, _ number: Int) -> UInt64 {
        let told = changes.indices.compactMap { place -> UInt64? in
            guard case .exactly(let version) = standing(place, in: number) else { return nil }
            return version
        }
        return min(told.min() ?? .max, era.log.entries.first?.version ?? .max)
    }

    /// The versions at which a change was acknowledged that made them, and those that a change may have made
    /// that was acknowledged there, each once, in ascending order.
    private func acknowledgedVersions(in era: Int) -> (certain: [UInt64], doubtful: [UInt64]) {
        var certain = Set<UInt64>()
        var doubtful = Set<UInt64>()
        for (place, change) in changes.enumerated() {
            guard case .exactly(let version) = standing(place, in: era) else { continue }
            if change.makesVersion {
                certain.insert(version)
            } else if change.action != .create {
                doubtful.insert(version)
            }
        }
        return (certain.sorted(), doubtful.subtracting(certain).sorted())
    }

    private func eraWipes(_ era: Int) -> EraWipes {
        var wipes = EraWipes()
        for place in index.wipes {
            switch standing(place, in: era) {
            case .exactly(let version): wipes.certain.append((version, place))
            case .upTo, .open: wipes.open.append(place)
            case .denied, .later: break
            }
        }
        // A deletion also shows otherwise, and a change with a key may be without effect.
        func rank(_ place: Int) -> (Int, Int) {
            let change = changes[place]
            return ((change.action == .delete ? 2 : 0) + (change.isKeyed ? 1 : 0), place)
        }
        wipes.open.sort { rank($0) < rank($1) }
        wipes.certain.sort { ($0.version, $0.place) < ($1.version, $1.place) }
        return wipes
    }

    /// The changes that may have removed all lines in a gap, those first that certainly did.
    ///
    /// - Parameter again: those count too to which something was attributed elsewhere.
    func wipes(in gap: Gap, again: Bool = false) -> [Int] {
        let open = wipes.open.filter { place in
            guard fit(place, gap, again: again) != .impossible else { return false }
            // One that adds an article shows, or is hidden by another.
            if case .refill = changes[place].action { return again || found[place] == gap.upTo }
            return true
        }
        return wipes.certain(in: gap) + open
    }
}

/// The changes of one era that remove all lines.
struct EraWipes {
    /// Those that were acknowledged at a version, in ascending order.
    var certain: [(version: UInt64, place: Int)] = []
    var open: [Int] = []

    /// The changes that were acknowledged at a version of the gap.
    func certain(in gap: Gap) -> [Int] {
        var (low, high) = (0, certain.count)
        while low < high {
            let middle = low + (high - low) / 2
            if certain[middle].version > gap.after { high = middle } else { low = middle + 1 }
        }
        return certain[low...].prefix { $0.version <= gap.upTo }.map(\.place)
    }
}

/// Counts versions of a sorted list gap by gap.
private struct VersionCounter {
    private let versions: [UInt64]
    private var next = 0

    init(_ versions: [UInt64]) {
        self.versions = versions
    }

    /// The number of versions in a gap, which must not lie before that of an earlier call.
    mutating func count(in gap: Gap) -> UInt64 {
        while next < versions.count, versions[next] <= gap.after { next += 1 }
        let first = next
        while next < versions.count, versions[next] <= gap.upTo { next += 1 }
        return UInt64(next - first)
    }
}

/// The versions after one that a client received, up to and including the next one.
struct Gap {
    let after: UInt64
    let upTo: UInt64
    let era: Int
    /// The lowest version that is known of.
    let first: UInt64
    /// The number of changes with an effect in the gap whose version no client was told.
    var openChanges: UInt64 = 0
    /// Other changes than the creation were acknowledged at the first version and account for it.
    var isBegunByOthers = false
    /// The version before it is that of a deleted cart.
    var beginsDeleted = false
    /// Its last version is that of a deleted cart, or of one that was created anew.
    var endsDeleted = false
    /// The note or the mark of its last version is another than before it.
    var changesDetails = false
    /// The replacements of lines whose article came in the gap, and those to which the loss of a line was
    /// attributed.
    var arrivedReplacements: [Int] = []
    var usedReplacements: [Int] = []

    init(after: UInt64, upTo: UInt64, era: Int, first: UInt64 = 1) {
        self.after = after
        self.upTo = upTo
        self.era = era
        self.first = first
    }

    func contains(_ version: UInt64) -> Bool { version > after && version <= upTo }

    /// Nothing is known of the state before it: it is the first after a loss window.
    var isBase: Bool { after == 0 && era > 0 }

    /// The number of versions in it that are known of.
    var versions: UInt64 { upTo - lowest + 1 }

    private var lowest: UInt64 { after == 0 ? min(first, upTo) : after + 1 }

    var description: String {
        upTo == lowest ? "version \(upTo)" : "one of the versions \(lowest)…\(upTo)"
    }
}
