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

    func content(
        of change: StateChange<CounterLogic>,
        at sequence: Ownership.SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange {
        ContentChange(set: try content(of: change.after, at: sequence), replaces: change.form != .empty)
    }

    func form(after form: StoredForm, at sequence: Ownership.SequenceNumber) -> StoredForm {
        self.form(at: sequence)
    }

    func form(at sequence: Ownership.SequenceNumber) -> StoredForm { .written(by: .snapshot, base: .zero) }

    func content(
        of state: CounterLogic.State,
        at sequence: Ownership.SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        (0..<width).map { ContentField("i:\($0)", [1]) }
    }
}
