package import ActorRuntime
package import NIOCore
internal import Synchronization

/// The network between hosts of one process: the receiver at each address.
package final class InMemoryNetwork: Sendable {
    package typealias Receiver = @Sendable (LinkRequest) async -> LinkResponse

    private let receivers = Mutex<[String: Receiver]>([:])

    package init() {}

    /// From now on `receiver` answers at `address`.
    package func attach(at address: String, _ receiver: @escaping Receiver) {
        receivers.withLock { $0[address] = receiver }
    }

    /// Nobody listens at `address` any more.
    package func detach(_ address: String) {
        receivers.withLock { $0[address] = nil }
    }

    func receiver(at address: String) -> Receiver? {
        receivers.withLock { $0[address] }
    }
}

extension LinkReceiver {
    /// Has a request answered, for a task that waits for it.
    ///
    /// - Parameter loop: one of the loops that the node's partitions are confined to.
    package func receive(_ request: LinkRequest, on loop: any EventLoop) async -> LinkResponse {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.onLoop(loop) { response, _ in continuation.resume(returning: response) }
                    .receive(request, token: 0)
            }
        }
    }
}

/// One node's link to the others, with faults by the address that is asked.
package struct InMemoryLink: AsyncLink {
    /// The faults of this link; their kinds are addresses.
    package let faults = FaultInjector<String>()
    private let network: InMemoryNetwork

    package init(_ network: InMemoryNetwork) {
        self.network = network
    }

    /// A held ask that is given up before its execution never arrives.
    package func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        let fault = faults.next(address)
        guard let receiver = network.receiver(at: address) else {
            throw .unsent("nobody listens at \(address)")
        }
        switch fault {
        case nil:
            return await receiver(ask)
        case .refuse(let reason), .unsend(let reason):
            throw .unsent(reason)
        case .lose(let executed):
            if executed { _ = await receiver(ask) }
            throw .unanswered("lost by the test")
        case .hold(let held):
            switch held.moment {
            case .beforeExecution:
                guard await held.wait(lateCopy: nil) else { throw .unanswered("held by the test") }
                return await receiver(ask)
            case .afterExecution:
                let answer = await receiver(ask)
                guard await held.wait(lateCopy: nil) else { throw .unanswered("held by the test") }
                return answer
            }
        }
    }
}
