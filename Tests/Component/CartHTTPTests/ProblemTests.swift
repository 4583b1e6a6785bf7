import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartHTTP

@Suite struct ProblemTests {
    static let failures: [(HostFailure.Reason, Int, String)] = [
        (.overloaded, 503, "overloaded"), (.storeUnavailable, 503, "store-unavailable"),
        (.ownerUnreachable, 503, "owner-unreachable"), (.unreadable, 500, "unreadable"),
        (.deadlineExceeded, 504, "deadline-exceeded"), (.sessionLost, 503, "session-lost"),
        (.notReady, 503, "not-ready"), (.draining, 503, "draining"),
    ]

    @Test func `the table of failures is whole`() {
        #expect(Set(Self.failures.map(\.0)) == Set(HostFailure.Reason.allCases))
    }

    @Test(arguments: failures)
    func `every failure says what became of the command and when to come again`(
        reason: HostFailure.Reason,
        status: Int,
        problem: String
    ) async throws {
        let backend = InMemoryCarts()
        backend.fail(reason)
        try await serve(backend) { caller in
            let replies = [
                try await caller.send(.get, "/v1/carts/c"),
                try await caller.send(.post, "/v1/carts/c/lines", body: apple),
            ]
            for reply in replies {
                #expect(reply.status == status)
                #expect(reply.problem == problem)
                #expect(reply["Retry-After"] == "2")
                let json = try reply.json
                #expect(json["outcome"] as? String == "unknown")
                #expect(json["detail"] as? String == "as wished")
                #expect(json["cart"] as? String == "c")
            }
        }
    }

    @Test(
        arguments: [
            (Duration.zero, 1), (.milliseconds(-5), 1), (.milliseconds(1), 1), (.seconds(1), 1),
            (.milliseconds(1_001), 2),
            (.seconds(60), 60), (.seconds(Int64.max), 3_600),
        ] as [(Duration, Int64)]
    )
    func `a client is told whole seconds to wait`(duration: Duration, seconds: Int64) {
        let failure = HostFailure(
            .overloaded,
            .notApplied,
            id: ActorID("c"),
            detail: "",
            retryAfter: duration
        )
        let retryAdvice = Refusal.RetryAdvice(outcome: .notApplied, retryAfterSeconds: seconds)
        #expect(Refusal(failure).retryAdvice == retryAdvice)
    }

    @Test func `types are distinct, and statuses and titles fit`() {
        let kinds = ProblemKind.all
        #expect(Set(kinds.map(\.type)).count == kinds.count)
        for kind in kinds {
            #expect((400...599).contains(kind.status))
            #expect(kind.type.hasPrefix("urn:cart-node:problem:"))
            #expect(!kind.title.isEmpty)
        }
    }

    /// Every rejection with the kind and the field that it comes to in the body that adds a line.
    static func rejections() throws -> [(CartRejection, RefusalKind, String?)] {
        let euro = try #require(Currency(stored: "EUR"))
        let dollar = try #require(Currency(stored: "USD"))
        let flaw = CartRejection.FieldError.malformed
        return [
            (.cartNotFound, .cartNotFound, nil),
            (.cartDeleted(at: moment), .cartDeleted, nil),
            (.lineNotFound(LineID(3)), .lineNotFound, nil),
            (.versionMismatch(expected: 1, actual: 2), .versionMismatch, "If-Match"),
            (.currencyMismatch(cart: euro, given: dollar), .currencyMismatch, "/unitPrice/currency"),
            (.invalid(.cartID, flaw), .invalidID, "id"),
            (.invalid(.lineID, flaw), .invalidID, "lineId"),
            (.invalid(.currency, flaw), .invalidField, "/unitPrice/currency"),
            (.invalid(.sku, .empty), .invalidField, "/sku"),
            (.invalid(.name, .tooLong(maximum: 1, actual: 2)), .invalidField, "/name"),
            (
                .invalid(.quantity, .outOfRange(minimum: 1, maximum: 2, actual: 3)), .invalidField,
                "/quantity"
            ),
            (.invalid(.unitPrice, flaw), .invalidField, "/unitPrice/amount"),
            (.invalid(.attributes, .unknown), .invalidField, "/attributes"),
            (.invalid(.attributeKey, .forbiddenCharacter(offset: 0)), .invalidField, "/attributes"),
            (.invalid(.attributeValue(key: "a/~"), flaw), .invalidField, "/attributes/a~1~0"),
            (.limit(.lines, maximum: 1, actual: 2), .limitReached, nil),
            (.limit(.quantity, maximum: 1, actual: 2), .limitReached, "/quantity"),
            (.limit(.metadataBytes, maximum: 1, actual: 2), .limitReached, "/attributes"),
            (.limit(.lineIDs, maximum: 1, actual: 2), .limitReached, nil),
            (.limit(.subtotal, maximum: 1, actual: 2), .limitReached, nil),
            (.limit(.attributes, maximum: 1, actual: 2), .limitReached, "/attributes"),
            (.invalid(.note, .empty), .invalidField, "/note"),
            (.invalid(.customer, .empty), .invalidField, "/customerId"),
            (.invalid(.email, flaw), .invalidField, "/email"),
            (.invalid(.discountCodes, .tooLong(maximum: 1, actual: 2)), .invalidField, "/discountCodes"),
            (.invalid(.discountCode(3), .empty), .invalidField, "/discountCodes/3"),
            (.invalid(.expiresIn, flaw), .invalidField, "/expiresInSeconds"),
            (.invalid(.actions, .empty), .invalidField, "/actions"),
            (.invalid(.takenLines, .empty), .invalidField, "/lines"),
            (.invalid(.takenQuantity(2), flaw), .invalidField, "/lines/2/quantity"),
            (.invalid(.version, .empty), .missingField, "/version"),
            (.invalid(.version, flaw), .invalidField, "/version"),
            (.invalid(.mergeSource, flaw), .invalidField, "/from"),
            (.invalid(.mergeID, flaw), .invalidField, "/mergeId"),
            (.cartCheckedOut(order: OrderID(try CartID("o"))), .cartCheckedOut, nil),
            (.cartEmpty, .cartEmpty, nil),
            (.cartMerged(into: try CartID("t"), merge: "m"), .cartMerged, nil),
            (.mergeDeclined, .mergeConflict, nil),
            (.mergeTaken, .mergeConflict, nil),
            (.mergeNotUnderWay, .mergeConflict, nil),
            (.mergeForgotten, .mergeForgotten, nil),
            (.action(4, .lineNotFound(LineID(3))), .lineNotFound, "/actions/4/lineId"),
            (.action(0, .invalid(.takenQuantity(2), flaw)), .invalidField, "/actions/0/lines/2/quantity"),
            (.action(0, .invalid(.actions, .unknown)), .invalidField, "/actions/0/action"),
            (
                .action(1, .currencyMismatch(cart: euro, given: dollar)), .currencyMismatch,
                "/actions/1/unitPrice/currency"
            ),
            (.operationReused, .idempotencyKeyReused, "Idempotency-Key"),
            (.operationRetired, .idempotencyKeyRetired, "Idempotency-Key"),
        ]
    }

    @Test func `the table of rejections is whole`() throws {
        #expect(Set(try Self.rejections().map(\.0)) == Set(try allRejections()))
    }

    @Test func `every rejection is a 4xx of its kind that names what is wrong`() throws {
        for (rejection, kind, field) in try Self.rejections() {
            let problem = Problem(
                Refusal(rejection),
                request: RequestFields([.ifMatch: "\"1\""] as HTTPFields)
            )
            #expect(problem.kind == .application(kind))
            #expect(problem.field == field)
            #expect((400...499).contains(problem.kind.status))
            #expect(problem.retryAdvice == nil)
            #expect(!problem.detail.isEmpty)
        }
    }

    @Test func `every flaw of a request is a 4xx`() {
        let place = "/a"
        let flaws: [(RequestError, Int, String?)] = [
            (.bodyTooLarge(limit: 1), 413, nil), (.malformedMessage, 400, nil),
            (.malformedHeader("If-Match", expected: ""), 400, "If-Match"),
            (.shortIdempotencyKey, 400, "Idempotency-Key"),
            (.unknownField(place, known: []), 422, "/a"), (.missingField(place), 422, "/a"),
            (.wrongType(place, expected: "", actual: ""), 422, "/a"), (.hugeInteger(place), 422, "/a"),
            (.invalidValue(place, expected: ""), 422, "/a"), (.untrusted, 403, "Authorization"),
            (.unauthenticated, 401, "Authorization"),
            (.rejected(.invalid(.cartID, .empty)), 400, "id"),
        ]
        for (flaw, status, field) in flaws {
            #expect(Problem(flaw).kind.status == status)
            #expect(Problem(flaw).field == field)
        }
    }

    @Test func `every refusal of HTTP's own has its status and names what is wrong`() {
        let refusals: [(HTTPRefusal, Int, String?)] = [
            (.unknownPath, 404, nil), (.methodNotAllowed(allowed: "GET"), 405, nil),
            (.unsupportedMediaType(nil), 415, "Content-Type"), (.missingBody, 400, ""),
            (.unsupportedEncoding("gzip"), 415, "Content-Encoding"),
            (.malformedJSON("", at: "/a"), 400, "/a"),
            (.malformedRequest(""), 400, nil), (.lateBody(limit: .seconds(1)), 408, nil),
            (.targetTooLong(limit: 1), 414, nil),
            (.headerTooLarge(limit: 1), 431, nil), (.tooManyFields(limit: 1), 431, nil),
            (.expectationFailed, 417, "Expect"), (.unsupportedCoding, 501, "Transfer-Encoding"),
            (.unsupportedVersion, 505, nil),
        ]
        #expect(Set(refusals.map(\.0.kind)) == Set(HTTPRefusal.Kind.allCases))
        for (refusal, status, field) in refusals {
            let problem = Problem(refusal)
            #expect(problem.kind.status == status)
            #expect(problem.field == field)
        }
    }
}

extension ProblemKind {
    /// Every kind that there is.
    static let all =
        RefusalKind.allCases.map(ProblemKind.application) + HTTPRefusal.Kind.allCases.map(ProblemKind.http)
}
