/// Whether the changes of one cart explain its versions, and its versions the changes.
///
/// Versions order all changes of a cart, so there is nothing to search: each difference between two versions has one operation
/// that can have made it (each article, and each quantity of a line, is wanted by one), and each is looked at once.
struct CartCheck {
    let cart: Int
    let changes: [ChangeRecord]
    let places: [OperationID: Int32]
    /// Which changes take a line out, or set a quantity on it.
    private(set) var removals: [UInt32: [Int]] = [:]
    private(set) var settings: [UInt32: [Int]] = [:]
    private(set) var creations: [Int] = []
    /// The version at which each change was found to have had effect in the present era; 0 for none.
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

    /// What an era knows of a change.
    enum Standing {
        /// Its client was told that it never will be.
        case denied
        /// It was not sent yet.
        case later
        /// It was acknowledged at this version.
        case exactly(UInt64)
        /// It was acknowledged: it has this version or a lower one.
        case upTo(UInt64)
        /// It may be there or not.
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

    mutating func hold(_ invariant: Invariant, at time: Duration? = nil, _ text: String) {
        violations.add(Violation(invariant, cart: cart, at: time, text))
    }

    /// Checks one era.
    ///
    /// - Parameter isComplete: whether somebody looked into the cart at its end.
    mutating func check(_ era: CartHistory.Era, _ number: Int, isComplete: Bool) {
        found = [UInt64](repeating: 0, count: changes.count)
        let acknowledged = acknowledgedVersions(in: number)
        var next = 0
        var before: UInt64 = 0
        for entry in era.log.entries {
            var gap = Gap(after: before, upTo: entry.version, era: number)
            gap.isBegunByOthers = before == 0 && acknowledged.first == 1
            for difference in entry.differences { explain(difference, &gap) }
            // The first version after a loss has no history.
            if before > 0 || number == 0 {
                while next < acknowledged.count, acknowledged[next] <= before { next += 1 }
                var known: UInt64 = 0
                while next < acknowledged.count, acknowledged[next] <= entry.version {
                    known += 1
                    next += 1
                }
                count(gap, entry, known)
            }
            before = entry.version
        }
        requireEffects(era.log, number, isComplete: isComplete)
        if number == 0 { requireReasons(era.missing) }
    }

    /// The versions at which something was acknowledged that can have made them, each once, ascending.
    private func acknowledgedVersions(in era: Int) -> [UInt64] {
        var versions = Set<UInt64>()
        for (place, change) in changes.enumerated() {
            guard case .exactly(let version) = standing(place, in: era) else { continue }
            // A creation of a cart that is there need not make a version.
            if case .create = change.action { continue }
            versions.insert(version)
        }
        return versions.sorted()
    }
}

/// What lies between two versions that were shown, the latter included.
struct Gap {
    let after: UInt64
    let upTo: UInt64
    let era: Int
    /// How many changes have effect in it whose version nobody was told.
    var openChanges: UInt64 = 0
    /// Whether changes that were acknowledged at the very first version account for it, beside the creation.
    var isBegunByOthers = false

    init(after: UInt64, upTo: UInt64, era: Int) {
        self.after = after
        self.upTo = upTo
        self.era = era
    }

    func contains(_ version: UInt64) -> Bool { version > after && version <= upTo }

    /// Whether nothing is known of what was there before it.
    var isBase: Bool { after == 0 && era > 0 }

    var description: String {
        upTo == after + 1 ? "version \(upTo)" : "one of the versions \(after + 1)…\(upTo)"
    }
}
