import CartApplication
import CartProtobuf
import GRPCCore
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// Amounts, currencies and restricted prices over gRPC.
@Suite struct CartAmountTests {
    private let backend = FakeCarts()

    private static func addition(_ currency: String, exponent: Int32? = nil) -> ServedAddLineRequest {
        .with {
            ($0.cartID, $0.sku, $0.quantity) = ("c", "茶", 2)
            $0.unitPrice = .with { ($0.minorUnits, $0.currency) = (150, currency) }
            if let exponent { $0.unitPrice.exponent = exponent }
        }
    }

    private static func call(
        by caller: RPCTestClient,
        _ method: String,
        _ request: some Message,
        metadata: Metadata = [:]
    ) async throws -> ServedChangeResponse {
        try await caller.call(method, of: "cart.v1.CartService", request, metadata: metadata)
    }

    @Test func `every amount has the exponent of its currency, and a wrong one is refused`() async throws {
        try await serve(backend) { caller in
            _ = try await Self.call(by: caller, "Create", ServedCreateRequest.with { $0.cartID = "c" })
            let added = try await Self.call(by: caller, "AddLine", Self.addition("KWD", exponent: 3)).cart
            let amounts = added.lines.flatMap { [$0.unitPrice, $0.total] } + [added.totals.subtotal]
            #expect(amounts.map(\.minorUnits) == [150, 300, 300])
            #expect(amounts.allSatisfy { $0.hasExponent && $0.exponent == 3 && $0.currency == "KWD" })
            #expect(added.lines.map(\.sku) == ["茶"])
            let error = await #expect(throws: RPCError.self) {
                _ = try await Self.call(by: caller, "AddLine", Self.addition("KWD", exponent: 2))
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.hasPrefix("unit_price.exponent: ") == true)
        }
    }

    @Test func `an emptied cart changes its currency in one batch`() async throws {
        try await serve(backend) { caller in
            _ = try await Self.call(by: caller, "Create", ServedCreateRequest.with { $0.cartID = "c" })
            _ = try await Self.call(by: caller, "AddLine", Self.addition("EUR"))
            var batch = ServedActRequest.with {
                ($0.cartID, $0.actions) = ("c", [.with { $0.setCurrency.currency = "JPY" }])
            }
            let error = await #expect(throws: RPCError.self) {
                _ = try await Self.call(by: caller, "Act", batch)
            }
            #expect(
                error?.code == .failedPrecondition
                    && error?.message.hasPrefix("actions[0].currency: ") == true
            )
            batch.actions.insert(.with { $0.clear = .init() }, at: 0)
            let done = try await Self.call(by: caller, "Act", batch)
            #expect(
                done.results.map(\.effect) == [.cleared, .currencyChanged] && done.cart.currency == "JPY"
            )
        }
    }

    @Test func `where adding is restricted, it needs the token`() async throws {
        var policy = trusting
        policy.restrictsAdding = true
        try await serve(backend, apiPolicy: policy) { caller in
            _ = try await Self.call(by: caller, "Create", ServedCreateRequest.with { $0.cartID = "c" })
            let error = await #expect(throws: RPCError.self) {
                _ = try await Self.call(by: caller, "AddLine", Self.addition("EUR"))
            }
            #expect(error?.message.hasPrefix("authorization: ") == true)
            let shown: Metadata = ["authorization": "Bearer sixteen-letters!"]
            let added = try await Self.call(by: caller, "AddLine", Self.addition("EUR"), metadata: shown)
            #expect(added.effect == .lineAdded)
        }
    }
}
