import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartProtobuf
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import RequestTracing
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// The answers to refused and failed calls, and the methods that can be called.
@Suite struct ErrorTests {
    private static let codes: [(HostFailure.Reason, RPCError.Code)] = [
        (.overloaded, .unavailable), (.storeUnavailable, .unavailable), (.ownerUnreachable, .unavailable),
        (.unreadable, .dataLoss), (.deadlineExceeded, .deadlineExceeded), (.sessionLost, .unavailable),
        (.notReady, .unavailable), (.draining, .unavailable),
    ]

    @Test func `the table of failures is whole`() {
        #expect(Set(Self.codes.map(\.0)) == Set(HostFailure.Reason.allCases))
    }

    @Test(arguments: codes, HostFailure.Outcome.allCases)
    func `a failure says what became of the change, and keeps clients from repeating what may be done`(
        row: (HostFailure.Reason, RPCError.Code),
        outcome: HostFailure.Outcome
    ) {
        let failure = HostFailure(row.0, outcome, id: ActorID("c"), detail: "why", retryAfter: .seconds(3))
        let error = RPCError(Refusal(failure), names: .none)
        #expect(error.code == row.1)
        #expect(error.message == "why")
        let pushback = outcome == .notApplied ? "3000" : "-1"
        #expect(
            error.metadata == [
                "cart-problem": "\(row.0.rawValue)", "cart-outcome": "\(outcome.rawValue)",
                "grpc-retry-pushback-ms": "\(pushback)",
            ]
        )
    }

    @Test(arguments: codes)
    func `the shops' own word for lasting trouble with the store is used for just that`(
        row: (HostFailure.Reason, RPCError.Code)
    ) {
        let failure = HostFailure(row.0, .notApplied, id: ActorID("c"), detail: "why")
        let error = DemoShopService<FakeCarts>.error(Refusal(failure))
        let isStore = row.0 == .unreadable || row.0 == .storeUnavailable
        #expect(error.code == (row.0 == .unreadable ? .failedPrecondition : row.1))
        #expect(error.message == (isStore ? "Can't access cart storage. why" : "why"))
    }

    @Test func `what one action of a batch is refused for is named by its place`() {
        let rejections: [(CartRejection, String)] = [
            (.action(3, .invalid(.quantity, .empty)), "actions[3].quantity: "),
            (.action(0, .lineNotFound(LineID(7))), "actions[0]: "),
            (.invalid(.actions, .empty), "actions: "),
            // The version and the key stand in one place or in another.
            (.versionMismatch(expected: 1, actual: 2), "the request requires"),
            (.operationReused, "another request"), (.operationRetired, "a request"),
        ]
        for (rejection, start) in rejections {
            let error = RPCError(Refusal(rejection), names: .cartV1)
            #expect(error.message.hasPrefix(start), "\(error.message)")
        }
    }

    @Test(
        arguments: [
            ("1H", .seconds(3_600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("100m", .milliseconds(100)),
            ("5u", .microseconds(5)), ("99999999n", .nanoseconds(99_999_999)), ("", nil), ("S", nil),
            ("5", nil),
            ("-1S", nil), ("+1S", nil), ("999999999S", nil), ("1s", nil), ("1.5S", nil),
        ] as [(String, Duration?)]
    )
    func `a time-out is read as gRPC writes it`(text: String, duration: Duration?) {
        #expect(CallContext.timeout(text) == duration)
    }

    @Test func `a client's patience shortens the deadline and never lengthens it`() throws {
        let now = ContinuousClock.now
        var dependencies = dependencies
        dependencies.instant = { now }
        let application = CartApplication(
            dispatcher: FakeCarts(),
            policy: CartAPIPolicy(),
            dependencies: dependencies
        )
        let deadline = application.deadline(asked:)
        for (timeout, expected) in [("1S", 1), ("9S", 2), ("nonsense", 2)] {
            let context = try CallContext(["grpc-timeout": "\(timeout)"], deadline: deadline)
            #expect(context.deadline == now + .seconds(expected))
        }
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let context = try CallContext(
            ["traceparent": "\(trace)", "tracestate": "a=1", "tracestate": "b=2", "idempotency-key": "k"],
            deadline: deadline
        )
        #expect(context.trace?.parent == trace)
        #expect(context.trace?.state == "a=1,b=2")
        #expect(context.key?.text == "k")
        let refusal = #expect(throws: Refusal.self) {
            try CallContext(["idempotency-key": "k\u{7f}"], deadline: deadline)
        }
        #expect(refusal?.kind == .malformedHeader)
    }

    @Test func `what is described is what is served, method by method`() throws {
        let backend = FakeCarts()
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        for service in try CartRPCServer.services(application(backend), isServing: { true }) {
            service.registerMethods(with: &router)
        }
        let served = Set(router.methods.map { "\($0.service.fullyQualifiedService).\($0.method)" })
        let descriptorPool = try DescriptorPool.served()
        for method in served { #expect(descriptorPool.file(defining: method) != nil, "\(method)") }
        for service in descriptorPool.services {
            #expect(served.contains { $0.hasPrefix(service + ".") }, "\(service)")
        }
        #expect(descriptorPool.services.count == 6)
        #expect(served.count == 16 + 3 + 3 + 2 + 1 + 1)
    }

    @Test func `a file comes with all that it needs`() throws {
        let descriptorPool = try DescriptorPool.served()
        let files = try descriptorPool.files(of: "cart_v1.proto").map {
            try Google_Protobuf_FileDescriptorProto(serializedBytes: $0)
        }
        #expect(files.map(\.name) == ["cart_v1.proto", "google/protobuf/timestamp.proto"])
        #expect(descriptorPool.files(of: "nothing.proto").isEmpty)
        #expect(descriptorPool.file(defining: "cart.v1.EFFECT_CLEARED") == "cart_v1.proto")
        #expect(descriptorPool.file(defining: "hipstershop.CartItem.quantity") == "hipstershop.proto")
    }

    @Test(arguments: [(true, false), (false, false), (false, true)])
    func `health knows the services there are, and tells a live node from one to call`(
        isServing: Bool,
        isDraining: Bool
    ) throws {
        let health = HealthService(["a.B"], isServing: { isServing }, isDraining: { isDraining })
        for (name, isExpected) in [
            ("liveness", true), ("", !isDraining), ("readiness", isServing), ("a.B", isServing),
        ] {
            let status = try health.check(.with { $0.service = name }).status
            #expect(status == (isExpected ? .serving : .notServing), "\(name)")
        }
        let error = #expect(throws: RPCError.self) { try health.check(.with { $0.service = "a" }) }
        #expect(error?.code == .notFound)
    }
}
