import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartProtobuf
import GRPCCore
import Ownership
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// The operations of `/v1`, over gRPC instead of HTTP.
@Suite struct CartRPCServiceTests {
    let backend = FakeCarts()

    private static let service = "cart.v1.CartService"

    private static func change(
        by caller: RPCTestClient,
        _ method: String,
        _ request: some Message,
        metadata: Metadata = [:]
    ) async throws -> ServedChangeResponse {
        try await caller.call(method, of: service, request, metadata: metadata)
    }

    private static func fill(by caller: RPCTestClient, _ id: String, sku: String, _ quantity: Int64)
        async throws
    {
        _ = try await change(by: caller, "Create", ServedCreateRequest.with { $0.cartID = id })
        let line = ServedAddLineRequest.with {
            ($0.cartID, $0.sku, $0.quantity) = (id, sku, quantity)
            $0.unitPrice = .with { ($0.minorUnits, $0.currency) = (150, "EUR") }
        }
        _ = try await change(by: caller, "AddLine", line)
    }

    private static func cart(_ caller: RPCTestClient, _ id: String) async throws -> ServedCart {
        let shown: ServedGetResponse = try await caller.call(
            "Get",
            of: service,
            ServedGetRequest.with { $0.cartID = id }
        )
        return shown.cart
    }

    /// That a call is refused so.
    private static func expect(
        _ code: RPCError.Code,
        _ problem: String,
        message start: String = "",
        when body: () async throws -> Void
    ) async {
        let error = await #expect(throws: RPCError.self) { try await body() }
        #expect(error?.code == code)
        #expect(error.map { Array($0.metadata[stringValues: "cart-problem"]) } == [problem])
        #expect(error?.message.hasPrefix(start) == true, "\(error?.message ?? "")")
    }

    @Test func `every effect of a change has a name of its own`() {
        let line = LineID(3)
        let effects: [(CartOutcome.Effect, ServedEffect, UInt32)] = [
            (.created, .created, 0), (.existed, .existed, 0), (.lineAdded(line), .lineAdded, 3),
            (.lineIncreased(line), .lineIncreased, 3), (.quantityChanged(line), .quantityChanged, 3),
            (.lineRemoved(line), .lineRemoved, 3), (.cleared, .cleared, 0), (.deleted, .deleted, 0),
            (.unchanged, .unchanged, 0), (.detailsChanged, .detailsChanged, 0),
            (.priceChanged(line), .priceChanged, 3), (.takenOut, .takenOut, 0),
            (.currencyChanged, .currencyChanged, 0),
            (.actions(ActionEffects([])), .actions, 0), (.checkedOut, .checkedOut, 0),
            (.checkoutCancelled, .checkoutCancelled, 0), (.merged, .merged, 0),
        ]
        for (effect, name, number) in effects { #expect(ServedEffect.of(effect) == (name, number)) }
        #expect(Set(effects.map(\.1)) == Set(ServedEffect.allCases).subtracting([.unspecified]))
    }

    @Test func `what is wrong is named as the request has it`() {
        let fields: [(CartRejection.Field, String)] = [
            (.note, "note"), (.customer, "customer_id"), (.email, "email"),
            (.discountCodes, "discount_codes"), (.discountCode(2), "discount_codes.codes[2]"),
            (.expiresIn, "expires_in_seconds"), (.takenLines, "lines"),
            (.takenQuantity(1), "lines[1].quantity"), (.version, "version"), (.mergeSource, "from"),
            (.mergeID, "merge_id"),
        ]
        for (field, name) in fields {
            #expect(Refusal.FieldNames.cartV1[Refusal(.invalid(field, .malformed)).field] == name)
        }
    }

    @Test func `details are said, patched and unsaid`() async throws {
        try await serve(backend) { caller in
            try await Self.fill(by: caller, "c", sku: "tea", 2)
            func say(_ patch: ServedDetailsPatch) async throws -> ServedDetails {
                let request = ServedSetDetailsRequest.with { ($0.cartID, $0.details) = ("c", patch) }
                return try await Self.change(by: caller, "SetDetails", request).cart.details
            }
            let said = try await say(
                .with {
                    ($0.note, $0.email, $0.customerID) = ("ring", "a@b.c", "kim")
                    $0.attributes = ["a": "1", "b": "2"]
                    $0.discountCodes.codes = ["Z", "A", "Z"]
                    $0.expiresInSeconds = 60
                }
            )
            #expect((said.note, said.email, said.customerID) == ("ring", "a@b.c", "kim"))
            #expect(said.discountCodes == ["A", "Z"] && said.expiresInSeconds == 60)
            let patched = try await say(
                .with {
                    ($0.note, $0.attributes, $0.removedAttributes) = ("", ["c": "3"], ["a"])
                    ($0.expiresInSeconds, $0.discountCodes) = (0, ServedDiscountCodes())
                }
            )
            #expect(patched.note.isEmpty && patched.email == "a@b.c" && patched.discountCodes.isEmpty)
            #expect(patched.attributes == ["b": "2", "c": "3"] && !patched.hasExpiresInSeconds)
            #expect(try await say(.with { $0.withoutAttributes = true }).attributes.isEmpty)
            await Self.expect(.invalidArgument, "invalid-field", message: "without_attributes: ") {
                _ = try await say(.with { ($0.withoutAttributes, $0.removedAttributes) = (true, ["a"]) })
            }
            await Self.expect(.invalidArgument, "invalid-field", message: "email: ") {
                _ = try await say(.with { $0.email = "nobody" })
            }
        }
    }

    @Test func `prices are set by who shows the token, alone and in batches`() async throws {
        let price = ServedMoney.with { ($0.minorUnits, $0.currency) = (99, "EUR") }
        let single = ServedSetPriceRequest.with {
            ($0.cartID, $0.lineID, $0.unitPrice) = ("c", 1, price)
        }
        let batch = ServedActRequest.with {
            $0.cartID = "c"
            $0.actions = [.with { $0.setPrice = .with { ($0.lineID, $0.unitPrice) = (1, price) } }]
        }
        for apiPolicy in [CartAPIPolicy(), trusting] {
            try await serve(backend, apiPolicy: apiPolicy) { caller in
                try await Self.fill(by: caller, "c", sku: "tea", 2)
                let code: RPCError.Code = apiPolicy.trusted == nil ? .permissionDenied : .unauthenticated
                let kind = apiPolicy.trusted == nil ? "forbidden" : "unauthenticated"
                for metadata: Metadata in [[:], ["authorization": "Bearer sixteen-letters?"]] {
                    await Self.expect(code, kind) {
                        _ = try await Self.change(by: caller, "SetPrice", single, metadata: metadata)
                    }
                    await Self.expect(code, kind) {
                        _ = try await Self.change(by: caller, "Act", batch, metadata: metadata)
                    }
                }
                guard apiPolicy.trusted != nil else { return }
                let shown: Metadata = ["authorization": "Bearer sixteen-letters!"]
                let set = try await Self.change(by: caller, "SetPrice", single, metadata: shown)
                #expect(set.effect == .priceChanged && set.lineID == 1)
                #expect(set.cart.lines.map(\.unitPrice.minorUnits) == [99])
                #expect(try await Self.change(by: caller, "Act", batch, metadata: shown).results.count == 1)
            }
        }
    }

    @Test func `a batch is one version, and nothing where one of it is refused`() async throws {
        try await serve(backend) { caller in
            try await Self.fill(by: caller, "c", sku: "tea", 5)
            var request = ServedActRequest.with {
                $0.cartID = "c"
                $0.actions = [
                    .with { $0.takeOut.lines = [.with { ($0.lineID, $0.quantity) = (1, 2) }] },
                    .with {
                        $0.addLine = .with {
                            ($0.sku, $0.quantity) = ("mug", 1)
                            $0.unitPrice = .with { ($0.minorUnits, $0.currency) = (9, "EUR") }
                        }
                    },
                    .with { $0.setDetails.note = "n" }, .with { $0.removeLine.lineID = 2 },
                    .with { $0.setQuantity = .with { ($0.lineID, $0.quantity) = (1, 7) } },
                ]
                $0.terms.idempotencyKey = "k"
            }
            for isAgain in [false, true] {
                let done = try await Self.change(by: caller, "Act", request)
                #expect(done.effect == .actions && done.replayed == isAgain)
                let expected: [ServedEffect] = [
                    .takenOut, .lineAdded, .detailsChanged, .lineRemoved, .quantityChanged,
                ]
                #expect(done.results.map(\.effect) == expected)
                #expect(done.results.map(\.lineID) == [0, 2, 0, 2, 1])
                #expect(done.committedVersion == 3 && done.cart.lines.map(\.quantity) == [7])
            }
            request.terms.idempotencyKey = ""
            // The mug is line 3 now, and is not added either.
            await Self.expect(.notFound, "line-not-found", message: "actions[3]: ") {
                _ = try await Self.change(by: caller, "Act", request)
            }
            #expect(try await Self.cart(caller, "c").version == 3)
            request.actions[1] = ServedAction()
            await Self.expect(.invalidArgument, "missing-field", message: "actions[1]: ") {
                _ = try await Self.change(by: caller, "Act", request)
            }
            let out = ServedTakeOutRequest.with {
                ($0.cartID, $0.lines) = ("c", [.with { ($0.lineID, $0.quantity) = (1, 3) }])
            }
            let taken = try await Self.change(by: caller, "TakeOut", out)
            #expect(taken.effect == .takenOut && taken.cart.lines.map(\.quantity) == [4])
        }
    }

    @Test func `a cart is ordered as it was seen, stands still, and is opened again`() async throws {
        try await serve(backend) { caller in
            try await Self.fill(by: caller, "c", sku: "tea", 2)
            let show = ServedGetOrderRequest.with { $0.cartID = "c" }
            await Self.expect(.notFound, "order-not-found") {
                let _: ServedGetOrderResponse = try await caller.call("GetOrder", of: Self.service, show)
            }
            func checkout(_ version: UInt64, _ expected: UInt64? = nil) async throws -> ServedChangeResponse {
                let request = ServedCheckoutRequest.with {
                    ($0.cartID, $0.version) = ("c", version)
                    if let expected { $0.terms.expectedVersion = expected }
                }
                return try await Self.change(by: caller, "Checkout", request)
            }
            await Self.expect(.invalidArgument, "missing-field", message: "version: ") {
                _ = try await checkout(0)
            }
            await Self.expect(.invalidArgument, "invalid-field", message: "version: ") {
                _ = try await checkout(2, 1)
            }
            await Self.expect(.aborted, "version-mismatch") { _ = try await checkout(1) }
            let ordered = try await checkout(0, 2)
            #expect(ordered.effect == .checkedOut && ordered.cart.state == .checkedOut)
            #expect(ordered.cart.order.version == 2)
            #expect(try await checkout(2).effect == .unchanged)
            let shown: ServedGetOrderResponse = try await caller.call("GetOrder", of: Self.service, show)
            #expect(shown.order.id == ordered.cart.order.id && shown.order.cartID == "c")
            #expect(shown.order.lines == ordered.cart.lines && shown.order.totals.subtotal.minorUnits == 300)
            await Self.expect(.failedPrecondition, "cart-checked-out") {
                _ = try await Self.change(by: caller, "Clear", ServedClearRequest.with { $0.cartID = "c" })
            }
            let cancel = ServedCancelCheckoutRequest.with { $0.cartID = "c" }
            let open = try await Self.change(by: caller, "CancelCheckout", cancel)
            #expect(open.effect == .checkoutCancelled && open.cart.state == .open && !open.cart.hasOrder)
        }
    }

    @Test func `a merge is made once, and both carts show it`() async throws {
        try await serve(backend) { caller in
            try await Self.fill(by: caller, "s", sku: "tea", 2)
            try await Self.fill(by: caller, "t", sku: "tea", 5)
            var request = ServedMergeRequest.with {
                ($0.cartID, $0.from, $0.mergeID, $0.strategy) = ("t", "s", "m", .max)
            }
            for isAgain in [false, true] {
                let merged = try await Self.change(by: caller, "Merge", request)
                #expect(merged.effect == (isAgain ? .unchanged : .merged))
                #expect(merged.cart.lines.map(\.quantity) == [5])
            }
            let source = try await Self.cart(caller, "s")
            #expect(source.state == .merged && source.lines.isEmpty && source.hasMergedAt)
            #expect((source.mergedInto.cartID, source.mergedInto.mergeID) == ("t", "m"))
            request.mergeID = "n"
            await Self.expect(.failedPrecondition, "cart-merged", message: "from: ") {
                _ = try await Self.change(by: caller, "Merge", request)
            }
            let bad: [(WritableKeyPath<ServedMergeRequest, String>, String, String)] = [
                (\.from, "~retail~x", "from: "), (\.from, "t", "from: "), (\.mergeID, "", "merge_id: "),
            ]
            for (path, text, start) in bad {
                var wrong = request
                wrong[keyPath: path] = text
                await Self.expect(.invalidArgument, "invalid-field", message: start) {
                    _ = try await Self.change(by: caller, "Merge", wrong)
                }
            }
            request.strategy = .UNRECOGNIZED(9)
            await Self.expect(.invalidArgument, "invalid-field", message: "strategy: ") {
                _ = try await Self.change(by: caller, "Merge", request)
            }
            request.from = "nobody"
            request.strategy = .add
            await Self.expect(.notFound, "cart-not-found", message: "from: ") {
                _ = try await Self.change(by: caller, "Merge", request)
            }
        }
    }

    @Test func `a watch shows the cart at once, each new version, and its end`() async throws {
        let feed = SingleReaderChangeFeed()
        var watched = dependencies
        watched.feed = feed
        try await serve(backend, dependencies: watched) { caller in
            try await Self.fill(by: caller, "c", sku: "tea", 2)
            let (events, teller) = AsyncStream.makeStream(of: ServedWatchResponse.self)
            async let watch: Void = caller.stream(
                "Watch",
                of: Self.service,
                ServedWatchRequest.with { $0.cartID = "c" }
            ) { (event: ServedWatchResponse) in teller.yield(event) }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next()?.cart.version == 2)
            _ = try await Self.change(by: caller, "Clear", ServedClearRequest.with { $0.cartID = "c" })
            feed.tell(.committed(SequenceNumber(3)))
            let cleared = await iterator.next()
            #expect(cleared?.cart.version == 3 && cleared?.cart.lines.isEmpty == true)
            _ = try await Self.change(by: caller, "Delete", ServedDeleteRequest.with { $0.cartID = "c" })
            feed.tell(.look)
            let end = await iterator.next()
            #expect(end?.deleted.version == 4)
            try await watch
        }
    }

    @Test func `a watch that ends though the cart goes on is told so, and what is not there is not watched`()
        async throws
    {
        let feed = SingleReaderChangeFeed()
        var watched = dependencies
        watched.feed = feed
        try await serve(backend, dependencies: watched) { caller in
            @Sendable func watch(_ id: String, _ seen: UInt64) async throws {
                try await caller.stream(
                    "Watch",
                    of: Self.service,
                    ServedWatchRequest.with { ($0.cartID, $0.seenVersion) = (id, seen) }
                ) { (_: ServedWatchResponse) in Issue.record("a version was shown that was seen") }
            }
            await Self.expect(.notFound, "cart-not-found") { try await watch("nobody", 1) }
            await Self.expect(.invalidArgument, "invalid-id", message: "cart_id: ") {
                try await watch("~x", 1)
            }
            try await Self.fill(by: caller, "c", sku: "tea", 2)
            feed.close()
            await Self.expect(.unavailable, "draining") { try await watch("c", 2) }
        }
        try await serve(backend) { caller in
            await Self.expect(.unavailable, "overloaded") {
                try await caller.stream(
                    "Watch",
                    of: Self.service,
                    ServedWatchRequest.with { $0.cartID = "c" }
                ) { (_: ServedWatchResponse) in }
            }
        }
    }
}
