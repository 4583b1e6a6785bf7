import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartProtobuf
import Foundation
import GRPCCore
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// Calls over a socket, to a server over a backend.
@Suite struct ServingTests {
    let backend = FakeCarts()

    private func serve(_ body: @escaping @Sendable (RPCTestClient) async throws -> Void) async throws {
        try await CartGRPCTests.serve(backend, body)
    }

    private static func problem(_ error: RPCError) -> [String] {
        Array(error.metadata[stringValues: "cart-problem"])
    }

    private static func addition(for user: String, _ product: String, _ quantity: Int32)
        -> BoutiqueAddItemRequest
    {
        .with {
            $0.userID = user
            $0.item = .with {
                $0.productID = product
                $0.quantity = quantity
            }
        }
    }

    @Test(arguments: ["hipstershop.CartService", "oteldemo.CartService"])
    func `a shop's cart is filled, shown and emptied`(service: String) async throws {
        try await serve { caller in
            let show = BoutiqueGetCartRequest.with { $0.userID = "u {1}" }
            let unknown: BoutiqueCart = try await caller.call("GetCart", of: service, show)
            #expect(unknown == BoutiqueCart())
            for (product, quantity) in [("b", 1), ("a", 2), ("b", 1)] as [(String, Int32)] {
                let _: BoutiqueEmpty = try await caller.call(
                    "AddItem",
                    of: service,
                    Self.addition(for: "u {1}", product, quantity)
                )
            }
            let full: BoutiqueCart = try await caller.call("GetCart", of: service, show)
            #expect(full.userID == "u {1}")
            #expect(full.items.map(\.productID) == ["b", "a"])
            #expect(full.items.map(\.quantity) == [2, 2])
            let _: BoutiqueEmpty = try await caller.call(
                "EmptyCart",
                of: service,
                BoutiqueEmptyCartRequest.with { $0.userID = "u {1}" }
            )
            let emptied: BoutiqueCart = try await caller.call("GetCart", of: service, show)
            #expect(emptied == BoutiqueCart())
        }
    }

    @Test func `what can be in no cart is an invalid argument that names the field, and no cart is asked`()
        async throws
    {
        let bad: [(BoutiqueAddItemRequest, String)] = [
            (Self.addition(for: "", "a", 1), "user_id: "), (.with { $0.userID = "u" }, "item: "),
            (Self.addition(for: String(repeating: "u", count: 116), "a", 1), "user_id: "),
            (Self.addition(for: "u", "", 1), "item.product_id: "),
            (Self.addition(for: "u", String(repeating: "p", count: 129), 1), "item.product_id: "),
            (Self.addition(for: "u", "a", 0), "item.quantity: "),
            (Self.addition(for: "u", "a", -1), "item.quantity: "),
            (Self.addition(for: "u", "a", .max), "item.quantity: "),
        ]
        try await serve { caller in
            for (request, field) in bad {
                let error = await #expect(throws: RPCError.self) {
                    let _: BoutiqueEmpty = try await caller.call(
                        "AddItem",
                        of: "hipstershop.CartService",
                        request
                    )
                }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.hasPrefix(field) == true, "\(error?.message ?? "")")
            }
            // Not the message that it should be: a user's id that is no text.
            let broken = await #expect(throws: RPCError.self) {
                let _: BoutiqueEmpty = try await caller.call(
                    "AddItem",
                    of: "hipstershop.CartService",
                    Google_Protobuf_BytesValue(Data([0xFF, 0xFE]))
                )
            }
            #expect(broken?.code == .invalidArgument)
            let long = await #expect(throws: RPCError.self) {
                let _: BoutiqueEmpty = try await caller.call(
                    "AddItem",
                    of: "hipstershop.CartService",
                    Self.addition(for: "u", String(repeating: "p", count: 70_000), 1)
                )
            }
            #expect(long?.code == .resourceExhausted)
            #expect(long.map(Self.problem) == ["body-too-large"])
        }
        #expect(backend.asked == 0)
    }

    @Test func `our own carts are created, changed under keys and versions, and deleted`() async throws {
        try await serve { caller in
            func change<Request: Message>(_ method: String, _ request: Request) async throws
                -> ServedChangeResponse
            { try await caller.call(method, of: "cart.v1.CartService", request) }
            let created = try await change("Create", ServedCreateRequest())
            let id = created.cart.id
            #expect(id == CartID(randomHigh: 1, randomLow: 2).text)
            #expect(created.effect == .created)
            let addition = ServedAddLineRequest.with {
                $0.cartID = id
                $0.sku = "tea"
                $0.quantity = 2
                $0.unitPrice = .with { ($0.minorUnits, $0.currency) = (450, "EUR") }
                $0.attributes = ["size": "L"]
                $0.terms.idempotencyKey = "k"
            }
            for isAgain in [false, true] {
                let added = try await change("AddLine", addition)
                #expect((added.effect, added.lineID, added.replayed) == (.lineAdded, 1, isAgain))
                #expect(added.committedVersion == 2)
                #expect(added.cart.totals.subtotal.minorUnits == 900)
                #expect(added.cart.lines.map(\.attributes) == [["size": "L"]])
            }
            let late = await #expect(throws: RPCError.self) {
                try await change(
                    "SetQuantity",
                    ServedSetQuantityRequest.with {
                        ($0.cartID, $0.lineID, $0.quantity) = (id, 1, 5)
                        $0.terms.expectedVersion = 1
                    }
                )
            }
            #expect(late?.code == .aborted)
            let set = try await change(
                "SetQuantity",
                ServedSetQuantityRequest.with { ($0.cartID, $0.lineID, $0.quantity) = (id, 1, 5) }
            )
            #expect(set.cart.lines.map(\.quantity) == [5])
            let removed = try await change(
                "RemoveLine",
                ServedRemoveLineRequest.with { ($0.cartID, $0.lineID) = (id, 1) }
            )
            #expect(removed.effect == .lineRemoved && removed.cart.lines.isEmpty)
            let cleared = try await change("Clear", ServedClearRequest.with { $0.cartID = id })
            #expect(cleared.effect == .unchanged)
            let shown: ServedGetResponse = try await caller.call(
                "Get",
                of: "cart.v1.CartService",
                ServedGetRequest.with { $0.cartID = id }
            )
            #expect(shown.cart == cleared.cart)
            let deleted = try await change("Delete", ServedDeleteRequest.with { $0.cartID = id })
            #expect(deleted.effect == .deleted && !deleted.hasCart)
            let gone = await #expect(throws: RPCError.self) {
                let _: ServedGetResponse = try await caller.call(
                    "Get",
                    of: "cart.v1.CartService",
                    ServedGetRequest.with { $0.cartID = id }
                )
            }
            #expect(gone?.code == .notFound)
            #expect(gone.map(Self.problem) == ["cart-deleted"])
        }
    }
}
