/// The contents of a cart that exists. (Not named `Cart`: a type named like its module hides the module.)
package struct OpenCart: Hashable, Sendable {
    /// When it was created, or created anew after a deletion.
    package let createdAt: Timestamp
    /// The latest `at` of any change since: never goes back, though the nodes' clocks may differ.
    package internal(set) var updatedAt: Timestamp
    /// In the order in which they were added.
    package internal(set) var lines: [Line]
    /// The highest line id ever given out in this cart's life, deletions included; 0 before the first.
    package internal(set) var lastLine: LineID
    /// The one currency of all its prices; nil until given at creation or by the first line. Emptying does not unset it.
    package internal(set) var currency: Currency?
    /// What was applied under keys, to this cart and to what had its id before; nil if nothing was.
    package internal(set) var operations: OperationLog?
    /// What few carts have; nil if this one has none of it.
    private var rareFields: RareFields?

    /// A cart from stored parts. Validates nothing and cannot trap.
    ///
    /// `lastLine` is raised to the highest id among `lines`, so that even a damaged state never gives an id out twice.
    package init(
        currency: Currency?,
        lines: [Line],
        lastLine: LineID,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        operations: OperationLog? = nil,
        details: CartDetails = CartDetails(),
        merges: MergeLog = MergeLog()
    ) {
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lines = lines
        self.lastLine = lines.reduce(lastLine) { max($0, $1.id) }
        self.currency = currency
        self.operations = operations
        self.rareFields = RareFields(details, merges)
    }

    /// What is said of the cart as a whole.
    package internal(set) var details: CartDetails {
        get { rareFields?.details ?? CartDetails() }
        set { rareFields = RareFields(newValue, merges) }
    }

    /// The merges into it, and into what had its id before.
    package internal(set) var merges: MergeLog {
        get { rareFields?.merges ?? MergeLog() }
        set { rareFields = RareFields(details, newValue) }
    }

    /// Whether anything is said of the cart as a whole; costs nothing where nothing is.
    package var hasDetails: Bool { rareFields.map { !$0.details.isEmpty } ?? false }

    /// The line with this id, if the cart has it (the first, should a damaged state have several).
    package func line(_ id: LineID) -> Line? {
        lines.first { $0.id == id }
    }

    /// UTF-8 bytes of the cart's and all lines' attributes, keys and values: the cart's metadata.
    package var metadataBytes: Int {
        lines.reduce(rareFields?.details.attributes.bytes ?? 0) { $0 + $1.attributes.bytes }
    }

    /// What the cart comes to, or nil where an absurd stored state overflows.
    package var totals: Totals? { Totals(of: self) }
}

/// What few carts have. A class, so that the others pay no more than a pointer for it; never changed.
private final class RareFields: Hashable, Sendable {
    let details: CartDetails
    let merges: MergeLog

    /// Nil if there is nothing in it.
    init?(_ details: CartDetails, _ merges: MergeLog) {
        if details.isEmpty, merges.isEmpty { return nil }
        self.details = details
        self.merges = merges
    }

    static func == (a: RareFields, b: RareFields) -> Bool {
        a === b || (a.details == b.details && a.merges == b.merges)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(details)
        hasher.combine(merges)
    }
}
