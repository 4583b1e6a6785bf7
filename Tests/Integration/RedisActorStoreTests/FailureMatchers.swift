import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import RedisActorStore

/// Matches `unreadable` with a text that contains a part.
struct UnreadableText {
    let part: String

    func matches(_ error: any Error) -> Bool {
        guard case .unreadable(let text) = error as? StoreFailure else { return false }
        return text.contains(part)
    }
}

/// Matches `refused` with a text that contains a part.
struct RefusedText {
    let part: String

    func matches(_ error: any Error) -> Bool {
        guard case .refused(let text) = error as? StoreFailure else { return false }
        return text.contains(part)
    }
}

/// Runs a call that must fail with a matching failure.
func expectFailure(
    _ matches: (any Error) -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> Void
) async {
    do {
        try await call()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
        #expect(matches(error), "\(error)", sourceLocation: sourceLocation)
    }
}

/// A layout that writes a given number of fields.
struct WideLayout: StateLayout {
    typealias Logic = CounterLogic

    let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
    let width: Int

    func write(_ change: StateChange<CounterLogic>) throws(CodecFailure) -> WrittenChange {
        let content = ContentChange(
            set: try content(of: change.after, at: change.sequence),
            replaces: change.form != .empty
        )
        return WrittenChange(content, leaves: .snapshot)
    }

    func form(at sequence: Ownership.SequenceNumber) -> StoredForm { .snapshot }

    func content(
        of state: CounterLogic.State,
        at sequence: Ownership.SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        (0..<width).map { ContentField("i:\($0)", [1]) }
    }
}
