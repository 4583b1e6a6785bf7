import CartApplication
import CartProtobuf
import GRPCCore
import MetricReadings
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// What is counted of calls.
@Suite struct CallCountsTests {
    private static let service = "cart.v1.CartService"

    @Test func `each method that is served is there with each code before the first call, once`() async throws
    {
        let calls = CallCounts()
        try await serve(FakeCarts(), calls: calls) { caller in
            let before = calls.all.map { "\($0.method) \($0.code)" }
            #expect(Set(before).count == before.count && before.count % 17 == 0)
            for method in [
                "\(Self.service)/Get", "\(Self.service)/Watch", "oteldemo.CartService/AddItem",
                "hipstershop.CartService/GetCart", "grpc.health.v1.Health/Check",
            ] {
                for code in ["OK", "NOT_FOUND", "UNAVAILABLE", "UNKNOWN"] {
                    #expect(before.contains("\(method) \(code)"), "\(method) \(code)")
                }
            }
            #expect(calls.all.allSatisfy { $0.calls == 0 && $0.durations.count == 0 })
            #expect(Set(calls.all.filter(\.isStream).map(\.method)).count == 4)
            let creation = ServedCreateRequest.with { $0.cartID = "a" }
            let _: ServedChangeResponse = try await caller.call("Create", of: Self.service, creation)
            // The call is counted with those that were there.
            #expect(calls.all.count == before.count)
        }
        #expect(calls.all.filter { $0.calls > 0 }.map(\.code) == ["OK"])
    }

    @Test func `calls are counted by method and code, streams without their time`() async throws {
        let calls = CallCounts()
        let outcomes = OutcomeCounts()
        var dependencies = dependencies
        dependencies.outcomes = outcomes
        try await serve(FakeCarts(), dependencies: dependencies, calls: calls) { caller in
            let creation = ServedCreateRequest.with { $0.cartID = "a" }
            let _: ServedChangeResponse = try await caller.call("Create", of: Self.service, creation)
            for id in ["a", "a", "none"] {
                do {
                    let read = ServedGetRequest.with { $0.cartID = id }
                    let _: ServedGetResponse = try await caller.call("Get", of: Self.service, read)
                } catch {
                    #expect((error as? RPCError)?.code == .notFound)
                }
            }
            // There are no notifications to wait for here.
            do {
                let watch = ServedWatchRequest.with { $0.cartID = "none" }
                try await caller.stream("Watch", of: Self.service, watch) { (_: ServedWatchResponse) in }
            } catch {
                #expect((error as? RPCError)?.code == .unavailable)
            }
            do {
                let read = ServedGetRequest.with { $0.cartID = "a" }
                let _: ServedGetResponse = try await caller.call("Made", of: Self.service, read)
            } catch {
                #expect((error as? RPCError)?.code == .unimplemented)
            }
        }
        let counted = Set(
            calls.all.filter { $0.calls > 0 }.map {
                "\($0.method) \($0.code) \($0.calls) \($0.durations.count)"
            }
        )
        #expect(
            counted == [
                "cart.v1.CartService/Create OK 1 1", "cart.v1.CartService/Get OK 2 2",
                "cart.v1.CartService/Get NOT_FOUND 1 1", "cart.v1.CartService/Watch UNAVAILABLE 1 0",
            ]
        )
        #expect(outcomes.refusals(.cartNotFound) == 1)
    }
}
