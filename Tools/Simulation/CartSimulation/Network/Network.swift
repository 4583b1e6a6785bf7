internal import Synchronization

/// Who can be reached where, and over which paths.
final class Network: Sendable {
    private let paths: [[NetworkPath]]
    private let processes: Mutex<[SimulatedNodeProcess?]>

    init(nodes: Int, _ scheduler: Scheduler) {
        paths = (0..<nodes).map { from in
            (0..<nodes).map { to in NetworkPath("node-\(from)→node-\(to)", scheduler) }
        }
        processes = Mutex(Array(repeating: nil, count: nodes))
    }

    /// Where a node's link listens.
    static func address(of node: Int) -> String { "node-\(node):7170" }

    func number(of address: String) -> Int? {
        paths.indices.first { Self.address(of: $0) == address }
    }

    func path(_ from: Int, _ to: Int) -> NetworkPath { paths[from][to] }

    var all: [NetworkPath] { paths.flatMap(\.self) }

    /// The process that listens there, if any does.
    func process(at node: Int) -> SimulatedNodeProcess? {
        processes.withLock { $0[node] }
    }

    func listen(_ process: SimulatedNodeProcess?, at node: Int) {
        processes.withLock { $0[node] = process }
    }
}
