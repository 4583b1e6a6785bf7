/// The way into the cluster.
package protocol Shop: Sendable {
    /// How many nodes there are to ask, counted from 0.
    var nodes: Int { get }

    /// Makes one attempt at an errand and says what came of it. Does not retry.
    func perform(_ errand: Errand, at node: Int) async -> Reply
}
