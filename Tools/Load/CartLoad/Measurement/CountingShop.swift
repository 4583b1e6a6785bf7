import CartWorkload

/// A shop whose failed attempts are counted.
struct CountingShop<Inner: Shop>: Shop {
    let inner: Inner
    let measurements: Measurements

    var nodes: Int { inner.nodes }

    func perform(_ errand: Errand, at node: Int) async -> Reply {
        let reply = await inner.perform(errand, at: node)
        switch reply.fate {
        case .done, .rejected: break
        case .notApplied(let why): measurements.fail("\(why), not applied")
        case .unknown(let why):
            measurements.fail("\(why), \(errand.action.isRead ? "look" : "outcome unknown")")
        }
        return reply
    }
}
