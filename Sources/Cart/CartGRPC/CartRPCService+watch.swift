import ActorRuntime
import Cart
import CartApplication
import CartProtobuf
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
            deserializer: BoundedDeserializer<ServedWatchRequest>(limit: application.policy.bodyBytes),
            serializer: ProtobufSerializer<ServedWatchResponse>()
        ) { stream, context in
            let request = try await ServerRequest(stream: stream)
            return StreamingServerResponse { writer in
                try await watch(request, until: context, into: writer)
                return [:]
            }
        }
    }

    /// Shows the cart now and whenever it changed, until it is gone, the client leaves, or the node does.
    private func watch(
        _ request: ServerRequest<ServedWatchRequest>,
        until context: ServerContext,
        into writer: RPCWriter<ServedWatchResponse>
    ) async throws {
        let isOver = try await whileWanted(context) {
            do {
                return try await watch(request.message, request.metadata, into: writer)
            } catch let refusal as Refusal {
                application.dependencies.outcomes.refused(refusal.kind)
                throw RPCError(refusal, names: .cartV1)
            } catch let failure as WatchFailure {
                throw RPCError(Refusal(failure), names: .cartV1)
            }
        }
        guard isOver != true else { return }
        let id = ActorID(request.message.cartID)
        let end = HostFailure(
            .draining,
            .notApplied,
            id: id,
            detail: "the node ended the watch; the cart still exists"
        )
        throw RPCError(Refusal(end), names: .cartV1)
    }

    /// - Returns: whether nothing more can come of this cart.
    private func watch(
        _ request: ServedWatchRequest,
        _ metadata: Metadata,
        into writer: RPCWriter<ServedWatchResponse>
    ) async throws -> Bool {
        let context = try CallContext(metadata, deadline: application.deadline(asked:))
        let cart = try CartID(request: request.cartID)
        var watch = try application.watch(
            cart,
            context,
            seen: request.hasSeenVersion ? request.seenVersion : nil
        )
        if let first = try await watch.first() {
            try await writer.write(Self.event(cart, first))
            if first.isLast { return true }
        }
        for await notification in watch.notifications {
            guard let update = try await watch.next(notification) else { continue }
            try await writer.write(Self.event(cart, update))
            if update.isLast { return true }
        }
        return false
    }

    private static func event(
        _ cart: CartID,
        _ update: CartUpdate
    ) throws(Refusal) -> ServedWatchResponse {
        switch update.content {
        case .cart(let state):
            guard let cart = ServedCart(cart, state, version: update.version) else {
                throw .contradiction("a cart was shown that is not there")
            }
            return .with { $0.cart = cart }
        case .deleted(let at):
            return .with {
                $0.deleted = .with {
                    $0.version = update.version
                    $0.deletedAt = Google_Protobuf_Timestamp(at)
                }
            }
        }
    }
}
