import CartApplication
import GRPCCore
import Testing

@testable import CartGRPC

/// The codes that kinds of refusals have over gRPC.
@Suite struct RefusalKindTests {
    static let table: [(RefusalKind, RPCError.Code)] = [
        (.bodyTooLarge, .resourceExhausted), (.malformedMessage, .invalidArgument),
        (.malformedHeader, .invalidArgument), (.invalidID, .invalidArgument),
        (.unknownField, .invalidArgument), (.missingField, .invalidArgument),
        (.wrongType, .invalidArgument), (.invalidField, .invalidArgument),
        (.cartNotFound, .notFound), (.cartDeleted, .notFound), (.lineNotFound, .notFound),
        (.versionMismatch, .aborted), (.currencyMismatch, .failedPrecondition),
        (.limitReached, .resourceExhausted), (.idempotencyKeyReused, .failedPrecondition),
        (.idempotencyKeyRetired, .failedPrecondition), (.overloaded, .unavailable),
        (.storeUnavailable, .unavailable), (.ownerUnreachable, .unavailable),
        (.unreadable, .dataLoss), (.deadlineExceeded, .deadlineExceeded),
        (.sessionLost, .unavailable), (.notReady, .unavailable), (.draining, .unavailable),
        (.cartCheckedOut, .failedPrecondition), (.cartEmpty, .failedPrecondition),
        (.orderNotFound, .notFound), (.historyNotKept, .notFound),
        (.historyErased, .notFound),
        (.cartMerged, .failedPrecondition),
        (.mergeConflict, .aborted), (.mergeForgotten, .failedPrecondition),
        (.forbidden, .permissionDenied), (.unauthenticated, .unauthenticated),
        (.internalError, .internalError),
    ]

    @Test func `the table has every kind once`() {
        #expect(Self.table.count == RefusalKind.allCases.count)
        #expect(Set(Self.table.map(\.0)) == Set(RefusalKind.allCases))
    }

    @Test(arguments: table)
    func `every kind has its code`(kind: RefusalKind, code: RPCError.Code) {
        #expect(RPCError.Code(kind) == code)
    }
}
