import CartApplication

/// The lane on which the plain requests of connections are answered on the connections' own event loops,
/// without a task. All other requests take the framework's lane; the answers of both are the same.
///
/// Not generic, and with one indirect call a request: a generic handler would not be specialised for the host,
/// which another module makes, and would look up metadata for whatever it touches.
package final class HotLane: Sendable {
    /// Tell what is wrong with a request whatever the cart.
    let rules: CartRules
    let responses: CartResponseBuilder
    /// Has commands decided.
    let dispatcher: any LoopDispatcher
    /// Nil where nothing is recorded.
    let tracing: HTTPTracing?

    init(
        rules: CartRules,
        responses: CartResponseBuilder,
        dispatcher: any LoopDispatcher,
        tracing: HTTPTracing? = nil
    ) {
        self.rules = rules
        self.responses = responses
        self.dispatcher = dispatcher
        self.tracing = tracing
    }
}

extension CartRoutes where Dispatcher: LoopDispatcher {
    /// The lane for plain requests for these carts.
    package var hotLane: HotLane { hotLane(tracing: nil) }

    /// The same.
    ///
    /// - Parameter tracing: records requests; nil: nothing is recorded.
    package func hotLane(tracing: HTTPTracing?) -> HotLane {
        HotLane(
            rules: application.rules,
            responses: responses,
            dispatcher: application.dispatcher,
            tracing: tracing
        )
    }
}
