import ActorRuntime
import Cart
import CartActor

extension BenchNode {
    /// Deadline of an ask: a longer wait fails the measurement.
    static let askLimit: Duration = .seconds(120)

    /// Asks a cart and returns its state afterwards.
    ///
    /// - Throws: also if the cart rejects the command, as no command of a benchmark should be rejected.
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
            throw BenchFailure("cart \(number) rejected the command: \(rejection)")
        }
    }

    /// Creates a cart and adds its lines concurrently, and so in few commits.
    func fill(_ number: Int, with fixtures: Fixtures) async throws {
        try await ask(number, fixtures.create())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for line in 1...max(1, fixtures.lines) {
                group.addTask { try await ask(number, fixtures.addLine(line)) }
            }
            try await group.waitForAll()
        }
    }

    /// Reads a cart, which restores it if it is not live, and checks its number of lines.
    func read(_ number: Int, expecting lines: Int) async throws {
        let found = try await ask(number, .read).lines.count
        guard found == lines else {
            throw BenchFailure("cart \(number) has \(found) lines instead of \(lines)")
        }
    }
}
