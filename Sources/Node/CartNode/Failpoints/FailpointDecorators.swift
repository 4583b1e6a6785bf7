#if DEBUG
import ActorRuntime
import Hummingbird
import NIOCore
import Ownership

// The node's other ports, with failpoints.

/// The membership with failpoints.
struct FailpointRegistry<Registry: SessionRegistry>: SessionRegistry {
    let registry: Registry
    let armed: ArmedFailpoints

    func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        await armed.reach(.heartbeatSending)
        let answer = try await registry.beat(heartbeat)
        await armed.reach(.heartbeatAnswered)
        return answer
    }

    func writeTombstone(_ expired: MembershipObserver.ExpiredSession) async throws(StoreFailure)
        -> TombstoneAnswer
    {
        try await registry.writeTombstone(expired)
    }

    func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        await armed.reach(.tombstoneSending)
        try await registry.writeTombstoneUnconditionally(session)
        await armed.reach(.tombstoneAnswered)
    }

    func prune(keeping limit: Int) async throws(StoreFailure) -> Int {
        try await registry.prune(keeping: limit)
    }
}

/// The receiver of other nodes' requests with a failpoint.
struct FailpointReceiver<Receiver: LinkReceiver>: LinkReceiver {
    let receiver: Receiver
    let armed: ArmedFailpoints

    func onLoop(
        _ loop: any EventLoop,
        answered: @escaping (LinkResponse, UInt64) -> Void
    ) -> any LoopLinkReceiver {
        LoopReceiver(receiver: receiver.onLoop(loop, answered: answered), loop: loop, armed: armed)
    }

    private final class LoopReceiver: LoopLinkReceiver {
        private let receiver: any LoopLinkReceiver
        private let loop: any EventLoop
        private let armed: ArmedFailpoints

        init(receiver: any LoopLinkReceiver, loop: any EventLoop, armed: ArmedFailpoints) {
            self.receiver = receiver
            self.loop = loop
            self.armed = armed
        }

        func receive(_ request: LinkRequest, token: UInt64) {
            loop.makeFutureWithTask { [armed] in await armed.reach(.askReceived) }
                .assumeIsolated()
                .whenComplete { _ in self.receiver.receive(request, token: token) }
        }
    }
}

/// The responder to clients' requests with a failpoint.
struct FailpointResponder<Responder: HTTPResponder<BasicRequestContext>>: HTTPResponder {
    let responder: Responder
    let armed: ArmedFailpoints?

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        await armed?.reach(.requestReceived)
        return try await responder.respond(to: request, context: context)
    }
}
#endif
