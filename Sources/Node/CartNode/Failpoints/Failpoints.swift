import ActorRuntime
import CartActor
import CartHTTP
import Foundation
import Hummingbird
import NodeConfiguration

// Failpoints exist in debug builds only. A release build that is told to fail does not start: a fault test
// that injects nothing would pass for the wrong reason.

/// The failpoints that this process was started with.
struct Failpoints {
    /// The variable that arms them: `POINT[@HITS]=ACTION`, separated by semicolons.
    static let variable = "CART_FAILPOINTS"

    #if DEBUG
    private let armed: ArmedFailpoints?

    /// - Throws: `BadSetting` for text that cannot be read, and for an unknown failpoint.
    init(environment: [String: String]) throws(BadSetting) {
        let text = environment[Self.variable] ?? ""
        armed = text.isEmpty ? nil : try ArmedFailpoints(text)
    }

    /// The armed failpoints as text, for the log; nil for none.
    var description: String? { armed?.description }

    func reach(_ point: Failpoint) async {
        await armed?.reach(point)
    }

    func around(_ store: some ActorStore<CartLogic>) -> any ActorStore<CartLogic> {
        guard let armed else { return store }
        return FailpointStore(target: store, armed: armed)
    }

    func around(_ registry: some SessionRegistry) -> any SessionRegistry {
        guard let armed else { return registry }
        return FailpointRegistry(registry: registry, armed: armed)
    }

    func around(_ receiver: some LinkReceiver) -> any LinkReceiver {
        guard let armed else { return receiver }
        return FailpointReceiver(receiver: receiver, armed: armed)
    }

    func around(
        _ responder: some HTTPResponder<BasicRequestContext>
    ) -> some HTTPResponder<BasicRequestContext> {
        FailpointResponder(responder: responder, armed: armed)
    }

    /// Nil where requests are to fail as they arrive: all take the lane that has the failpoint.
    func around(_ hotLane: HotLane) -> HotLane? {
        armed?.hasRules(for: .requestReceived) ?? false ? nil : hotLane
    }
    #else
    init(environment: [String: String]) throws(BadSetting) {
        guard environment[Self.variable]?.isEmpty ?? true else {
            throw BadSetting(
                Self.variable,
                problem: "there are no failpoints in a release build (expected it not to be set)"
            )
        }
    }

    var description: String? { nil }

    @inline(__always)
    func reach(_ point: Failpoint) async {}

    @inline(__always)
    func around(_ store: some ActorStore<CartLogic>) -> any ActorStore<CartLogic> { store }

    @inline(__always)
    func around(_ registry: some SessionRegistry) -> any SessionRegistry { registry }

    @inline(__always)
    func around(_ receiver: some LinkReceiver) -> any LinkReceiver { receiver }

    @inline(__always)
    func around(
        _ responder: some HTTPResponder<BasicRequestContext>
    ) -> some HTTPResponder<BasicRequestContext> { responder }

    @inline(__always)
    func around(_ hotLane: HotLane) -> HotLane? { hotLane }
    #endif
}
