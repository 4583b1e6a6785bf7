import SeededRandom
import Testing

@testable import Cart

/// Random commands and random retries, by seed: the retries make no difference.
@Suite struct RetryPropertyTests {
    /// A cart whose commands are decided in batches, each of them one commit, as the runtime does.
    struct Runner {
        var state = CartState.none
        var version: UInt64 = 0
        var changed = false
        var events: [CartEvent] = []

        mutating func take(_ command: CartCommand) -> CartDecision {
            let tentative = changed ? version + 1 : version
            let decision = decider.decide(command, on: state, version: tentative, next: version + 1)
            if case .accept(let new, _) = decision {
                for event in new { decider.evolve(&state, with: event) }
                events += new
                changed = changed || !new.isEmpty
            }
            return decision
        }

        mutating func commit() {
            if changed { version += 1 }
            changed = false
        }
    }

    /// An accepted operation, and its answer.
    struct Done {
        let command: CartCommand
        let effect: CartOutcome.Effect
        let version: UInt64
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a history with retries ends in the same state as the history without`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (once, often) = (Runner(), Runner())
        var done: [Done] = []
        var retries = 0
        for step in 0..<250 {
            let operation = Bool.random(using: &random) ? operation(UInt64(step)) : nil
            let command = Self.command(try PropertyTests.command(&random, on: once.state), as: operation)
            let context: Comment = "seed \(seed), step \(step): \(command)"
            let decision = once.take(command)
            try #require(often.take(command) == decision, context)
            if command.operation != nil, case .accept(_, let outcome) = decision {
                done.append(Done(command: command, effect: outcome.effect, version: once.version + 1))
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                once.commit()
                often.commit()
            }
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                guard let earlier = done.randomElement(using: &random) else { continue }
                let replay = CartOutcome(effect: earlier.effect, replayed: earlier.version)
                try #require(often.take(earlier.command) == .accept([], replay), context)
                retries += 1
            }
            #expect(once.state == often.state && once.version == often.version, context)
        }
        var replayed = CartState.none
        for event in often.events { replayed.apply(event) }
        #expect(replayed == often.state && retries > 50 && done.count > 10, "seed \(seed)")
    }

    /// The command as this operation.
    static func command(_ command: CartCommand, as operation: CartOperation?) -> CartCommand {
        switch command {
        case .read, .readIfChanged: command
        case .change(let change, let at, let expected, _):
            .change(change, at: at, expected: expected, operation: operation)
        case .dryRun(let change, let at, let expected, _):
            .dryRun(change, at: at, expected: expected, operation: operation)
        }
    }
}
