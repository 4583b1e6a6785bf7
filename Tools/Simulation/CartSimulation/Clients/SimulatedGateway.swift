internal import CartWorkload

/// A gateway that sends all requests for a cart to one node while it can, and to another after a while, as when
/// nodes have come or gone. Some clients go past it.
struct SimulatedGateway: Sendable {
    /// The share of requests that do not come through it, or that it sends elsewhere: carts must not need it.
    private static let strays = 0.1

    /// The time for which a cart has its node; nil where there is no gateway.
    let shift: SimulatedTime?
    let scheduler: Scheduler

    /// The node that gets a request.
    ///
    /// - Parameter other: the node that the client chose.
    func slot(for operation: WorkloadOperation, among slots: [NodeSlot], or other: Int) -> NodeSlot {
        guard let shift, !scheduler.chance(Self.strays) else { return slots[other] }
        let turn = Int(scheduler.now.nanoseconds / shift.nanoseconds)
        let home = slots[(operation.cart.number + turn) % slots.count]
        return home.process == nil ? slots[other] : home
    }
}
