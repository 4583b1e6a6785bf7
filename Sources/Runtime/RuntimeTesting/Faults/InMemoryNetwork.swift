package import ActorRuntime
internal import Synchronization

/// The network between hosts of one process: the receiver at each address.
package final class InMemoryNetwork: Sendable {
    private let receivers = Mutex<[String: any LinkReceiver]>([:])

    package init() {}

    /// From now on `receiver` answers at `address`.
    package func attach(_ receiver: any LinkReceiver, at address: String) {
        receivers.withLock { $0[address] = receiver }
    }

    /// Nobody listens at `address` any more.
    package func detach(_ address: String) {
        receivers.withLock { $0[address] = nil }
    }

    func receiver(at address: String) -> (any LinkReceiver)? {
        receivers.withLock { $0[address] }
    }
}

/// One node's link to the others, with faults by the address that is asked.
package struct InMemoryLink: Link {
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
            return await receiver.receive(ask)
        case .refuse(let reason), .unsend(let reason):
            throw .unsent(reason)
        case .lose(let executed):
            if executed { _ = await receiver.receive(ask) }
            throw .unanswered("lost by the test")
        case .hold(let held):
            switch held.moment {
            case .beforeExecution:
                guard await held.wait(lateCopy: nil) else { throw .unanswered("held by the test") }
                return await receiver.receive(ask)
            case .afterExecution:
                let answer = await receiver.receive(ask)
                guard await held.wait(lateCopy: nil) else { throw .unanswered("held by the test") }
                return answer
            }
        }
    }
}
