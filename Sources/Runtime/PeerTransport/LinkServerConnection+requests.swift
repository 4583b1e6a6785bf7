import ActorRuntime
import NIOCore
import PeerProtocol
import SwiftProtobuf

extension LinkServerConnection {
    /// Takes the messages that have arrived, unless responses back up.
    func takeAll() {
        do throws(PeerFault) {
            if !hasHeard, let fault = ForeignProtocol.ofClient(frames.unread) { throw fault }
            while state == .open, !requests.isCongested,
                let message = try frames.next(WireFromClient.self)
            {
                hasHeard = true
                try receive(message)
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
            for (request, correlation) in try admit(asks.asks) { serve(request, as: correlation) }
        case .none:
            throw .malformed("unknown kind of message")
        }
    }

    private func requireTrust() throws(PeerFault) {
        guard handshake.state == .trusted else { throw .unauthenticated("a message before the hello") }
    }

    /// - Returns: the requests to serve now. None is served if one is invalid.
    private func admit(
        _ asks: [WireAsk]
    ) throws(PeerFault) -> [(request: LinkRequest, correlation: UInt64)] {
        var admitted: [(request: LinkRequest, correlation: UInt64)] = []
        admitted.reserveCapacity(asks.count)
        for wire in asks {
            let request = try LinkRequest(wire, policy: policy)
            switch requests.admit(wire.correlation) {
            case .serve:
                admitted.append((request, wire.correlation))
            case .overloaded:
                let detail = "too many requests on one connection"
                let failure = HostFailure(.overloaded, .notApplied, id: request.id, detail: detail)
                requests.reject(WireAnswer(.failed(failure), correlation: wire.correlation, policy: policy))
                scheduleFlush()
            case .repeated:
                throw .malformed("the correlation of a request was used before")
            }
        }
        return admitted
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
        requests.answer(WireAnswer(response, correlation: correlation, policy: policy))
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
