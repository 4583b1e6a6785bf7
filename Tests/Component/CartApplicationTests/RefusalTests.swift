import ActorRuntime
import Cart
import CartActor
import CartTesting
import Testing

@testable import CartApplication

/// Refusals speak of no protocol.
@Suite struct RefusalTests {
    @Test func `every rejection names what is wrong without the words of a protocol`() throws {
        for rejection in try allRejections() {
            let refusal = Refusal(rejection)
            #expect(refusal.retryAdvice == nil)
            #expect(!refusal.detail.contains("If-Match") && !refusal.detail.contains("PUT"))
            if case .invalid = rejection { #expect(refusal.field != nil) }
        }
    }

    @Test(arguments: HostFailure.Reason.allCases, HostFailure.Outcome.allCases)
    func `every failure says what became of the command, and when to try again`(
        reason: HostFailure.Reason,
        outcome: HostFailure.Outcome
    ) throws {
        let failure = HostFailure(
            reason,
            outcome,
            id: ActorID("c"),
            detail: "as wished",
            retryAfter: .milliseconds(1_500)
        )
        let refusal = Refusal(failure)
        #expect(refusal.kind.rawValue == reason.rawValue)
        #expect(refusal.detail == "as wished")
        #expect(refusal.retryAdvice == Refusal.RetryAdvice(outcome: outcome, retryAfterSeconds: 2))
    }

    @Test func `a demand that is not met names both versions`() throws {
        let rejection = CartRejection.versionMismatch(expected: 3, actual: 4)
        let demands: [(Precondition, Precondition)] = [
            (.any, .versions([3])), (.exists, .exists), (.versions([3, 5]), .versions([3, 5])),
        ]
        for (given, said) in demands {
            let context = CallContext(deadline: .now, precondition: given)
            let refusal = Refusal(rejection, under: context)
            #expect(refusal.kind == .versionMismatch)
            #expect(refusal.values == [.expected: .precondition(said), .actual: .version(4)])
            #expect(refusal.version == 4)
        }
    }

    @Test func `a face's names have the number or the key of an element in their place`() {
        let names = Refusal.FieldNames([.attribute: "a[*]", .takenQuantity: "l/*/q"]) { "<\($0)>" }
        #expect(names[.element(.attribute, "k")] == "a[<k>]")
        #expect(names[.element(.takenQuantity, "2")] == "l/<2>/q")
        #expect(names[.named(.cart)] == nil)
        #expect(names[.own("x")] == "x")
        #expect(names[nil] == nil)
    }
}
