/// Checks that the changes of one cart explain its versions, and that its versions contain the changes.
///
/// Versions order all changes of a cart, so that there is nothing to search: each difference between two
/// versions has one operation that can have made it (each article, and each quantity of a line, belongs to
/// one operation), and each is looked at once.
struct CartCheck {
    let cart: Int
    let changes: [ChangeRecord]
    let places: [OperationID: Int32]
    /// The changes that remove a line, and those that set its quantity, by line. All are indices into
    /// `changes`.
    private(set) var removals: [UInt32: [Int]] = [:]
    private(set) var settings: [UInt32: [Int]] = [:]
    private(set) var creations: [Int] = []
    /// The version in which the effect of each change was found in the current era; 0 for none.
    var found: [UInt64]
    var violations: Violations

    init(_ cartHistory: CartHistory) {
        cart = cartHistory.cart
        changes = cartHistory.changes
        places = cartHistory.places
        violations = cartHistory.violations
        found = []
        for (place, change) in changes.enumerated() {
            switch change.action {
            case .create: creations.append(place)
            case .setQuantity(let line, _): settings[line, default: []].append(place)
            case .remove(let line): removals[line, default: []].append(place)
            case .add, .read: break
            }
        }
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

    mutating func report(_ invariant: Invariant, at time: Duration? = nil, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }

    /// Checks one era.
    ///
    /// - Parameter isComplete: the cart was read at the end of the era.
    mutating func check(_ era: CartHistory.Era, _ number: Int, isComplete: Bool) {
        found = [UInt64](repeating: 0, count: changes.count)
        let acknowledged = acknowledgedVersions(in: number)
        let first = firstVersion(of: era, number)
        var next = 0
        var before: UInt64 = 0
        for entry in era.log.entries {
            var gap = Gap(after: before, upTo: entry.version, era: number, first: first)
            gap.isBegunByOthers = before == 0 && acknowledged.first == first
            for difference in entry.differences { explain(difference, &gap) }
            // The first version after a loss window need not have a history.
            if before > 0 || number == 0 {
                while next < acknowledged.count, acknowledged[next] <= before { next += 1 }
                var known: UInt64 = 0
                while next < acknowledged.count, acknowledged[next] <= entry.version {
                    known += 1
                    next += 1
                }
                count(gap, entry, acknowledged: known)
            }
            before = entry.version
        }
        requireEffects(era.log, number, isComplete: isComplete)
        if number == 0 { requireReasons(era.missing) }
    }

    /// The lowest version that a client received or that a change was acknowledged at: a cart's versions begin
    /// anywhere.
    private func firstVersion(of era: CartHistory.Era, _ number: Int) -> UInt64 {
        let told = changes.indices.compactMap { place -> UInt64? in
            guard case .exactly(let version) = standing(place, in: number) else { return nil }
            return version
        }
        return min(told.min() ?? .max, era.log.entries.first?.version ?? .max)
    }

    /// The versions at which a change was acknowledged that can have made them, each once, in ascending
    /// order.
    private func acknowledgedVersions(in era: Int) -> [UInt64] {
        var versions = Set<UInt64>()
        for (place, change) in changes.enumerated() {
            guard case .exactly(let version) = standing(place, in: era) else { continue }
            // Creating a cart that exists need not make a version.
            if case .create = change.action { continue }
            versions.insert(version)
        }
        return versions.sorted()
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

    init(after: UInt64, upTo: UInt64, era: Int, first: UInt64) {
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
