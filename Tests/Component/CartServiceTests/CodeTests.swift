import ActorRuntime
import Cart
import Testing

@testable import CartService

/// How both kinds of protocol say the same no.
@Suite struct CodeTests {
    static let table: [(ProblemKind, Int, RPCCode)] = [
        (.unknownPath, 404, .unimplemented), (.methodNotAllowed, 405, .unimplemented),
        (.bodyTooLarge, 413, .resourceExhausted), (.unsupportedMediaType, 415, .invalidArgument),
        (.malformedJSON, 400, .invalidArgument), (.malformedMessage, 400, .invalidArgument),
        (.malformedHeader, 400, .invalidArgument), (.invalidID, 400, .invalidArgument),
        (.unknownField, 422, .invalidArgument), (.missingField, 422, .invalidArgument),
        (.wrongType, 422, .invalidArgument), (.invalidField, 422, .invalidArgument),
        (.cartNotFound, 404, .notFound), (.cartDeleted, 410, .notFound), (.lineNotFound, 404, .notFound),
        (.versionMismatch, 412, .aborted), (.currencyMismatch, 409, .failedPrecondition),
        (.limitReached, 409, .resourceExhausted), (.idempotencyKeyReused, 422, .failedPrecondition),
        (.idempotencyKeyRetired, 409, .failedPrecondition), (.overloaded, 503, .unavailable),
        (.storeUnavailable, 503, .unavailable), (.ownerUnreachable, 503, .unavailable),
        (.unreadable, 500, .dataLoss), (.deadlineExceeded, 504, .deadlineExceeded),
        (.sessionLost, 503, .unavailable), (.notReady, 503, .unavailable), (.draining, 503, .unavailable),
        (.cartCheckedOut, 409, .failedPrecondition), (.cartEmpty, 409, .failedPrecondition),
        (.orderNotFound, 404, .notFound), (.historyNotKept, 404, .notFound),
        (.cartMerged, 409, .failedPrecondition),
        (.mergeConflict, 409, .aborted), (.mergeForgotten, 409, .failedPrecondition),
        (.forbidden, 403, .permissionDenied), (.internalError, 500, .internalError),
    ]

    @Test func `the table has every kind once`() {
        #expect(Self.table.count == ProblemKind.allCases.count)
        #expect(Set(Self.table.map(\.0)) == Set(ProblemKind.allCases))
    }

    @Test(arguments: table)
    func `every kind has its status over HTTP and its code over gRPC`(
        kind: ProblemKind,
        status: Int,
        code: RPCCode
    ) {
        #expect(kind.status == status)
        #expect(kind.code == code)
    }

    @Test func `every rejection is the same kind of no over both, and names what was wrong`() throws {
        for (rejection, kind, field) in try ProblemTests.rejections() {
            let refusal = Refusal(rejection)
            #expect(refusal.kind == kind)
            #expect(refusal.retryAdvice == nil)
            #expect(!refusal.detail.contains("If-Match") && !refusal.detail.contains("PUT"))
            if case .invalid(let named, _) = rejection { #expect(refusal.field == named) }
            // HTTP also names header fields, and places that are no field of the domain's.
            if field == nil { #expect(refusal.field == nil) }
        }
    }

    @Test(arguments: HostFailure.Reason.allCases, HostFailure.Outcome.allCases)
    func `every failure is the same kind of no over both, with what became of the command`(
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
        #expect(refusal.kind == Problem(failure).kind)
        #expect(refusal.detail == "as wished")
        #expect(refusal.retryAdvice == Refusal.RetryAdvice(outcome: outcome, retryAfter: .seconds(2)))
    }

    @Test func `the codes are those of the wire`() {
        #expect(
            RPCCode.allCases.map(\.rawValue) == [3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]
        )
    }
}
