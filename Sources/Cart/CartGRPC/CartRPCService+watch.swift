import ActorRuntime
import Cart
import CartProtobuf
import CartService
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

extension CartRPCService {
    func registerWatch<Transport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: MethodDescriptor(
                service: ServiceDescriptor(fullyQualifiedService: Self.name),
                method: "Watch",
                type: .serverStreaming
            ),
            deserializer: BoundedDeserializer<ServedWatchRequest>(limit: policy.bodyBytes),
            serializer: ProtobufSerializer<ServedWatchResponse>()
        ) { stream, context in
            let request = try await ServerRequest(stream: stream)
            return StreamingServerResponse { writer in
                try await watch(request.message, request.metadata, context, writer)
                return [:]
            }
        }
    }

    /// Shows the cart now and whenever it changed, until it is gone, the client leaves, or the node does.
    private func watch(
        _ request: ServedWatchRequest,
        _ metadata: Metadata,
        _ context: ServerContext,
        _ writer: RPCWriter<ServedWatchResponse>
    ) async throws {
        let isOver = try await whileWanted(context) {
            do {
                return try await watch(request, metadata, writer)
            } catch let refusal as Refusal {
                throw RPCError(refusal, Self.name(of:))
            } catch let failure as WatchFailure {
                throw RPCError(Refusal(failure), Self.name(of:))
            }
        }
        guard isOver != true else { return }
        let id = ActorID(request.cartID)
        let end = HostFailure(.draining, .notApplied, id: id, detail: "the watch has ended, not the cart")
        throw RPCError(Refusal(end), Self.name(of:))
    }

    /// - Returns: whether nothing more can come of this cart.
    private func watch(
        _ request: ServedWatchRequest,
        _ metadata: Metadata,
        _ writer: RPCWriter<ServedWatchResponse>
    ) async throws -> Bool {
        let call = try RPCCall(metadata, now: dependencies.instant(), atMost: policy.requestDeadline)
        let cart = try ChangeRequest.cart(request.cartID)
        let news = try CartWatch<Dispatcher>.notifications(of: cart, dependencies)
        var watch = CartWatch(
            cart,
            dispatcher: dispatcher,
            trace: call.trace,
            readDeadline: policy.requestDeadline,
            seen: request.hasSeenVersion ? request.seenVersion : nil
        )
        if let first = try await watch.first(by: call.deadline) {
            try await writer.write(Self.event(cart, first, watch.seen ?? 0))
            if first.isLast { return true }
        }
        for await item in news {
            guard let update = try await watch.next(item) else { continue }
            try await writer.write(Self.event(cart, update, watch.seen ?? 0))
            if update.isLast { return true }
        }
        return false
    }

    private static func event(
        _ cart: CartID,
        _ update: CartWatch<Dispatcher>.Update,
        _ version: UInt64
    ) throws(Refusal) -> ServedWatchResponse {
        switch update {
        case .cart(let state):
            guard let cart = ServedCart(cart, state, version: version) else {
                throw .contradiction("a cart was shown that is not there")
            }
            return .with { $0.cart = cart }
        case .deleted(let at):
            return .with {
                $0.deleted = .with {
                    $0.version = version
                    $0.deletedAt = Google_Protobuf_Timestamp(at)
                }
            }
        }
    }
}
