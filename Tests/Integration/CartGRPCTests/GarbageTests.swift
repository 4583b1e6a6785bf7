import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartProtobuf
import GRPCCore
import SeededRandom
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// Requests that anyone may send: random bytes, and messages with some bytes changed.
@Suite struct GarbageTests {
    private static func drawn(_ sample: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        if Int.random(in: 0..<4, using: &random) == 0 {
            let count = Int.random(in: 0...60, using: &random)
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        var bytes = sample
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            case _: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: 0..<8)
    func `whatever comes is answered or refused by its code, and a cart never holds what it may not`(
        seed: UInt64
    )
        async throws
    {
        var random = SplitMix64(seed: seed)
        let backend = FakeCarts()
        let shop = DemoShopService(.boutique, application(backend))
        let sample: [UInt8] = try BoutiqueAddItemRequest.with {
            $0.userID = "user"
            $0.item = .with { ($0.productID, $0.quantity) = ("0PUK6V6EV0", 3) }
        }.serializedBytes()
        let call = CallContext(deadline: .now + .seconds(1))
        var answered = 0
        for _ in 0..<1_000 {
            let bytes = Self.drawn(sample, &random)
            let request: BoutiqueAddItemRequest
            do {
                request = try BoundedDeserializer(limit: 64).deserialize(bytes)
            } catch let error as RPCError {
                #expect(error.code == .invalidArgument || error.code == .resourceExhausted)
                continue
            }
            do throws(Refusal) {
                _ = try await shop.add(request, call)
                answered += 1
                let shown = try await shop.show(.with { $0.userID = request.userID }, call)
                let item = shown.items.first { $0.productID.utf8.elementsEqual(request.item.productID.utf8) }
                #expect((1...9_999).contains(item?.quantity ?? 0), "\(bytes)")
            } catch {
                #expect(
                    [RPCError.Code.invalidArgument, .resourceExhausted].contains(RPCError.Code(error.kind)),
                    "\(bytes) \(error)"
                )
            }
        }
        #expect(answered > 100)
    }

    @Test func `our own requests are refused as well whatever comes`() throws {
        var random = SplitMix64(seed: 99)
        let carts = CartRPCService(application: application(FakeCarts()))
        let call = CallContext(deadline: .now + .seconds(1))
        let sample: [UInt8] = try ServedAddLineRequest.with {
            $0.cartID = "cart"
            $0.sku = "tea"
            $0.quantity = 2
            $0.unitPrice = .with { ($0.minorUnits, $0.currency) = (450, "EUR") }
            $0.attributes = ["size": "L"]
            $0.terms = .with { ($0.idempotencyKey, $0.expectedVersion) = ("key", 3) }
        }.serializedBytes()
        var read = 0
        for _ in 0..<4_000 {
            do {
                let bytes = Self.drawn(sample, &random)
                let request: ServedAddLineRequest = try BoundedDeserializer(limit: 256).deserialize(bytes)
                let changeRequest = try carts.addition(request, call)
                try CartCommand.change(changeRequest.change, at: moment).validate(CartLimits())
                read += 1
            } catch let error as RPCError {
                #expect(error.code == .invalidArgument)
            } catch let refusal as Refusal {
                #expect(RPCError.Code(refusal.kind) == .invalidArgument)
            } catch let rejection as CartRejection {
                #expect(RPCError.Code(Refusal(rejection).kind) == .invalidArgument)
            }
        }
        #expect(read > 100)
    }
}
