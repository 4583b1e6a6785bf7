import ActorRuntime
import Cart
import CartService

extension BenchNode {
    /// How long an ask may take: whoever waits longer is not measured but reported.
    static let askLimit: Duration = .seconds(120)

    /// Asks a cart, and answers the state that it ended with.
    ///
    /// - Throws: where the cart refused, too: nothing here should be refused.
    @discardableResult
    func ask(_ number: Int, _ command: CartCommand) async throws -> OpenCart {
        let id = Fixtures.id(number)
        return try cart(
            number,
            in: try await host.ask(id, command, deadline: ContinuousClock.now + Self.askLimit)
        )
    }

    private func cart(_ number: Int, in answer: Answer<CartLogic>) throws -> OpenCart {
        switch answer.verdict {
        case .accepted(_, let record):
            guard let cart = record.cart.cart else { throw BenchFailure("cart \(number) is not open") }
            return cart
        case .rejected(let rejection):
            throw BenchFailure("cart \(number) refused: \(rejection)")
        }
    }

    /// Makes a cart and fills it. Its lines come at once, and so in few commits.
    func fill(_ number: Int, with fixtures: Fixtures) async throws {
        try await ask(number, fixtures.create())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for line in 1...max(1, fixtures.lines) {
                group.addTask { try await ask(number, fixtures.line(line)) }
            }
            try await group.waitForAll()
        }
    }

    /// Restores a cart, or looks at it.
    func look(_ number: Int, for lines: Int) async throws {
        let found = try await ask(number, .read).lines.count
        guard found == lines else {
            throw BenchFailure("cart \(number) has \(found) lines in place of \(lines)")
        }
    }
}
