import ActorRuntime
import NIOCore
import PeerProtocol
import SwiftProtobuf

extension LinkServerConnection {
    /// Takes the messages that have arrived, unless responses back up.
    func takeAll() {
        do throws(PeerFault) {
            if !hasHeard, let fault = ForeignProtocol.ofClient(frames.unread) { throw fault }
            while state == .open, !requests.isCongested, let frame = try frames.nextFrame() {
                if handshake.state == .trusted, let asks = ArrivedRequest.list(in: frame, policy: policy) {
                    hasHeard = true
                    try serve(asks)
                } else {
                    let message = try FrameReader.message(WireFromClient.self, in: frame)
                    hasHeard = true
                    try receive(message)
                }
            }
        } catch {
            refuse(error)
        }
    }

    private func receive(_ message: WireFromClient) throws(PeerFault) {
        switch message.kind {
        case .greeting(let greeting):
            let challenge = try handshake.greeted(greeting)
            requests.send(.with { $0.challenge = challenge })
            scheduleFlush()
        case .hello(let hello):
            let welcome = try handshake.hello(hello)
            frames.limit = policy.frameLimit
            helloTimer?.cancel()
            requests.send(.with { $0.welcome = welcome })
            if server.connections.isLeaving { leave() }
            scheduleFlush()
        case .ping:
            try requireTrust()
            requests.pinged()
            scheduleFlush()
        case .asks(let asks):
            try requireTrust()
            var requests: [ArrivedRequest] = []
            for ask in asks.asks {
                let request = try LinkRequest(ask, policy: policy)
                requests.append(ArrivedRequest(request: request, correlation: ask.correlation))
            }
            try serve(requests)
        case .none:
            throw .malformed("unknown kind of message")
        }
    }

    private func requireTrust() throws(PeerFault) {
        guard handshake.state == .trusted else { throw .unauthenticated("a message before the hello") }
    }

    /// None is served if one is invalid.
    private func serve(_ asks: [ArrivedRequest]) throws(PeerFault) {
        var admitted: [ArrivedRequest] = []
        admitted.reserveCapacity(asks.count)
        for ask in asks {
            switch requests.admit(ask.correlation) {
            case .serve:
                admitted.append(ask)
            case .overloaded:
                let detail = "too many requests on one connection"
                let failure = HostFailure(.overloaded, .notApplied, id: ask.request.id, detail: detail)
                requests.reject(
                    OutgoingResponse(.failed(failure), correlation: ask.correlation, policy: policy)
                )
                scheduleFlush()
            case .repeated:
                throw .malformed("the correlation of a request was used before")
            }
        }
        for ask in admitted { serve(ask.request, as: ask.correlation) }
    }

    private func serve(_ request: LinkRequest, as correlation: UInt64) {
        guard request.remaining > .zero else {
            let detail = "the request arrived too late"
            let failure = HostFailure(.deadlineExceeded, .notApplied, id: request.id, detail: detail)
            return answer(.failed(failure), to: correlation)
        }
        receiver?.receive(request, token: correlation)
    }

    func answer(_ response: LinkResponse, to correlation: UInt64) {
        guard state == .open else { return }
        requests.answer(OutgoingResponse(response, correlation: correlation, policy: policy))
        scheduleFlush()
    }

    /// Tells the client to send its requests elsewhere. One that has sent none yet may as well be closed.
    func leave() {
        guard state == .open else { return }
        guard handshake.state == .trusted else {
            context?.close(promise: nil)
            return
        }
        requests.send(.with { $0.leaving = WireLeaving() })
        scheduleFlush()
    }
}
