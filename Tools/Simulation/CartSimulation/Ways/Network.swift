internal import Synchronization

/// Who can be reached where, and over which ways.
final class Network: Sendable {
    private let ways: [[Way]]
    private let processes: Mutex<[NodeProcess?]>

    init(nodes: Int, _ scheduler: Scheduler) {
        ways = (0..<nodes).map { from in
            (0..<nodes).map { to in Way("node-\(from)→node-\(to)", scheduler) }
        }
        processes = Mutex(Array(repeating: nil, count: nodes))
    }

    /// Where a node's link listens.
    static func address(of node: Int) -> String { "node-\(node):7170" }

    func number(of address: String) -> Int? {
        ways.indices.first { Self.address(of: $0) == address }
    }

    func way(_ from: Int, _ to: Int) -> Way { ways[from][to] }

    var all: [Way] { ways.flatMap(\.self) }

    /// The process that listens there, if any does.
    func process(at node: Int) -> NodeProcess? {
        processes.withLock { $0[node] }
    }

    func listen(_ process: NodeProcess?, at node: Int) {
        processes.withLock { $0[node] = process }
    }
}
