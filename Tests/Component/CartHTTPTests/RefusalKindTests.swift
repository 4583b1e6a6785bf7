import CartActor
import CartApplication
import CartTesting
import Testing

@testable import CartHTTP

/// The statuses that kinds of refusals have over HTTP.
@Suite struct RefusalKindTests {
    static let table: [(RefusalKind, Int)] = [
        (.bodyTooLarge, 413), (.malformedMessage, 400),
        (.malformedHeader, 400), (.invalidID, 400),
        (.unknownField, 422), (.missingField, 422),
        (.wrongType, 422), (.invalidField, 422),
        (.cartNotFound, 404), (.cartDeleted, 410), (.lineNotFound, 404),
        (.versionMismatch, 412), (.currencyMismatch, 409),
        (.limitReached, 409), (.idempotencyKeyReused, 422),
        (.idempotencyKeyRetired, 409), (.overloaded, 503),
        (.storeUnavailable, 503), (.ownerUnreachable, 503),
        (.unreadable, 500), (.deadlineExceeded, 504),
        (.sessionLost, 503), (.notReady, 503), (.draining, 503),
        (.cartCheckedOut, 409), (.cartEmpty, 409),
        (.orderNotFound, 404), (.historyNotKept, 404), (.historyErased, 410),
        (.cartMerged, 409),
        (.mergeConflict, 409), (.mergeForgotten, 409),
        (.forbidden, 403), (.unauthenticated, 401), (.internalError, 500),
    ]

    static let httpTable: [(HTTPRefusal.Kind, Int)] = [
        (.unknownPath, 404), (.methodNotAllowed, 405), (.unsupportedMediaType, 415), (.malformedJSON, 400),
        (.malformedRequest, 400), (.requestTimeout, 408), (.targetTooLong, 414), (.headerTooLarge, 431),
        (.expectationFailed, 417),
        (.unsupportedCoding, 501), (.unsupportedVersion, 505),
    ]

    @Test func `the table has every kind once`() {
        #expect(Self.table.count == RefusalKind.allCases.count)
        #expect(Set(Self.table.map(\.0)) == Set(RefusalKind.allCases))
        #expect(Self.httpTable.count == HTTPRefusal.Kind.allCases.count)
        #expect(Set(Self.httpTable.map(\.0)) == Set(HTTPRefusal.Kind.allCases))
    }

    @Test(arguments: table)
    func `every kind has its status`(kind: RefusalKind, status: Int) {
        #expect(kind.status == status)
    }

    @Test(arguments: httpTable)
    func `every kind that only HTTP has has its status`(kind: HTTPRefusal.Kind, status: Int) {
        #expect(kind.status == status)
    }
}
