import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartProtobuf
import GRPCCore
import RequestTracing
import SwiftProtobuf
import Testing

@testable import CartGRPC

/// What is recorded of calls.
@Suite(.timeLimit(.minutes(1))) struct CallSpanTests {
    private let backend = FakeCarts()
    private let recorder = SpanRecorder(
        Sampler(.never, followsParent: true),
        queue: SpanQueue(SpanBatcher.Limits()),
        now: { 1_000 }
    )

    private static let sampled: Metadata = [
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1",
        "baggage": "k=v",
    ]

    private var spans: [Span] { recorder.queue.withBatcher { $0.next() } }

    @Test func `a sampled call has a span, within which the cart's owner is asked`() async throws {
        try await serve(backend, recorder: recorder) { caller in
            let request = ServedCreateRequest.with { $0.cartID = "c" }
            let _: ServedChangeResponse = try await caller.call(
                "Create",
                of: "cart.v1.CartService",
                request,
                metadata: Self.sampled
            )
            // Another client's call, which is not sampled.
            let _: ServedGetResponse = try await caller.call(
                "Get",
                of: "cart.v1.CartService",
                ServedGetRequest.with { $0.cartID = "c" }
            )
        }
        let spans = spans
        let span = try #require(spans.first)
        #expect(spans.count == 1)
        #expect(span.name == "cart.v1.CartService/Create" && span.kind == .server && span.status == .unset)
        #expect(span.parent?.text == "b7ad6b7169203331" && span.state == "a=1")
        for attribute in [
            SpanAttribute("rpc.system", text: "grpc"),
            SpanAttribute("rpc.service", text: "cart.v1.CartService"),
            SpanAttribute("rpc.method", text: "Create"), SpanAttribute("rpc.grpc.status_code", number: 0),
        ] {
            #expect(span.attributes.contains(attribute))
        }
        let asked = backend.traces
        #expect(asked.count == 2 && asked.last == .some(nil))
        #expect(asked.first??.span == span.id && asked.first??.baggage == "k=v")
    }

    @Test func `a refused call has its code, and is an error where the node is at fault`() async throws {
        try await serve(backend, recorder: recorder) { caller in
            let request = ServedGetRequest.with { $0.cartID = "absent" }
            await #expect(throws: RPCError.self) {
                let _: ServedGetResponse = try await caller.call(
                    "Get",
                    of: "cart.v1.CartService",
                    request,
                    metadata: Self.sampled
                )
            }
            backend.fail(.storeUnavailable, .notApplied)
            await #expect(throws: RPCError.self) {
                let _: ServedGetResponse = try await caller.call(
                    "Get",
                    of: "cart.v1.CartService",
                    request,
                    metadata: Self.sampled
                )
            }
        }
        let spans = spans
        #expect(spans.count == 2)
        #expect(spans.map { $0.status == .unset } == [true, false])
        #expect(spans.first?.attributes.contains(SpanAttribute("rpc.grpc.status_code", number: 5)) == true)
        #expect(spans.last?.attributes.contains(SpanAttribute("rpc.grpc.status_code", number: 14)) == true)
    }
}
