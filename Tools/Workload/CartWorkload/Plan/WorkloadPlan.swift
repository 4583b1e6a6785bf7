/// The composition of a workload.
package struct WorkloadPlan: Hashable, Sendable {
    /// The number of carts.
    package var carts = 100
    /// The prefix of their names.
    package var prefix = "cart"
    /// The number of concurrent clients.
    package var clients = 16
    /// The share of operations that are reads.
    package var reads = 0.5
    /// The share of changes that set a quantity; the others add and remove lines.
    package var quantities = 0.2
    /// The share of changes of other kinds: prices, notes, batches, clearing, deletion, checkout and so on.
    package var others = 0.0
    /// Some of those other changes set prices, for which clients need a token.
    package var setsPrices = false
    /// The share of those other changes that merge two carts; the rest is divided evenly.
    package var merges = 0.0
    /// The share of changes that expect the version which their client saw last.
    package var conditional = 0.0
    /// The share of changes that repeat an acknowledged operation, or use its key for another one.
    package var repeats = 0.0
    package var popularity = Popularity.uniform
    /// The number of lines at which a cart is kept. Concurrent clients may bring it a little above that.
    package var cartSize = 10
    /// The share of changes that carry an idempotency key.
    package var keyed = 0.5
    /// The pause of a client between two operations.
    package var pause: Duration = .zero
    package var retry = RetryPolicy()

    package init() {}

    /// Lets clients make changes of every kind, so that carts pass through all phases.
    package mutating func useEveryAction() {
        others = 0.4
        setsPrices = true
        merges = 0.1
        conditional = 0.15
        repeats = 0.05
    }

    /// The largest size that leaves room below a cart's own limit of 500 lines.
    package static let largestCart = 400

    /// A message for each value out of range; empty for a valid plan.
    package var validationErrors: [String] {
        var validationErrors: [String] = []
        func require(_ holds: Bool, _ flaw: String) {
            if !holds { validationErrors.append(flaw) }
        }
        require((1...10_000_000).contains(carts), "carts: 1…10000000, not \(carts)")
        require((1...100_000).contains(clients), "clients: 1…100000, not \(clients)")
        require((0...1).contains(reads), "reads: a share from 0 to 1, not \(reads)")
        require((0...1).contains(quantities), "quantities: a share from 0 to 1, not \(quantities)")
        require((0...1).contains(keyed), "keyed: a share from 0 to 1, not \(keyed)")
        require((0...1).contains(others), "others: a share from 0 to 1, not \(others)")
        require((0...1).contains(merges), "merges: a share from 0 to 1, not \(merges)")
        require((0...1).contains(conditional), "conditional: a share from 0 to 1, not \(conditional)")
        require((0...1).contains(repeats), "repeats: a share from 0 to 1, not \(repeats)")
        require(
            (1...Self.largestCart).contains(cartSize),
            "cart size: 1…\(Self.largestCart) lines, not \(cartSize)"
        )
        if case .zipf(let exponent) = popularity {
            require((0...8).contains(exponent), "popularity: an exponent from 0 to 8, not \(exponent)")
        }
        require(retry.attempts >= 1, "attempts: at least 1, not \(retry.attempts)")
        require(
            retry.floor > .zero && retry.floor <= retry.ceiling,
            "retry pauses: a floor above 0 that is not above the ceiling"
        )
        require(pause >= .zero, "pause: at least 0, not \(pause)")
        return validationErrors
    }
}
