/// The contents of a cart that exists. (Not named `Cart`: a type named like its module hides the module.)
package struct OpenCart: Hashable, Sendable {
    /// The time of its creation, or of its latest creation after a deletion.
    package let createdAt: Timestamp
    /// The latest time of a change since: never goes back, though the nodes' clocks may differ.
    package internal(set) var updatedAt: Timestamp
    /// The lines in the order in which they were added.
    package internal(set) var lines: [Line]
    /// The highest line id ever given out in this cart's life, deletions included; 0 before the first.
    package internal(set) var lastLine: LineID
    /// The one currency of all its prices; nil until given at creation or by the first line. Emptying the
    /// cart keeps it, and an empty cart may be given another.
    package internal(set) var currency: Currency?
    /// The operations applied to this cart and to earlier carts with its id; nil if there were none.
    package internal(set) var operations: OperationLog?
    /// The fields that few carts have; nil if this one has none of them.
    private var rareFields: RareFields?

    /// A cart from stored parts. Validates nothing and cannot trap.
    ///
    /// `lastLine` is raised to the highest id among `lines`, so that even a damaged state never gives an id
    /// out twice.
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

    /// The cart's details.
    package internal(set) var details: CartDetails {
        get { rareFields?.details ?? CartDetails() }
        set { rareFields = RareFields(newValue, merges) }
    }

    /// The settled merges into this cart and into earlier carts with its id.
    package internal(set) var merges: MergeLog {
        get { rareFields?.merges ?? MergeLog() }
        set { rareFields = RareFields(details, newValue) }
    }

    /// The cart's own time to be kept, as its details have it; costs nothing where it has none.
    package var expiresIn: UInt32? { rareFields?.details.expiresIn }

    /// True if the cart has details; costs nothing where it has none.
    package var hasDetails: Bool { rareFields.map { !$0.details.isEmpty } ?? false }

    /// The line with this id, if the cart has it (the first, should a damaged state have several).
    package func line(_ id: LineID) -> Line? {
        lines.first { $0.id == id }
    }

    /// UTF-8 bytes of the cart's and all lines' attributes, keys and values: the cart's metadata.
    package var metadataBytes: Int {
        lines.reduce(rareFields?.details.attributes.bytes ?? 0) { $0 + $1.attributes.bytes }
    }

    /// The cart's totals; nil where an absurd stored state overflows.
    package var totals: Totals? { Totals(of: self) }
}

/// The fields that few carts have. A class, so that other carts pay only a pointer for it; never changed.
private final class RareFields: Hashable, Sendable {
    let details: CartDetails
    let merges: MergeLog

    /// Nil if all fields are empty.
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
