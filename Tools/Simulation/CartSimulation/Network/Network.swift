internal import Synchronization

/// The links between nodes: which process listens at which address, and the paths between them.
final class Network: Sendable {
    private let paths: [[NetworkPath]]
    private let processes: Mutex<[SimulatedNodeProcess?]>

    init(nodes: Int, scheduler: Scheduler) {
        paths = (0..<nodes).map { from in
            (0..<nodes).map { to in NetworkPath("node-\(from)→node-\(to)", scheduler) }
        }
        processes = Mutex(Array(repeating: nil, count: nodes))
    }

    /// Address at which a node's link listens.
    static func address(of node: Int) -> String { "node-\(node):7170" }

    /// The number of the node at an address; nil if there is none.
    func number(of address: String) -> Int? {
        paths.indices.first { Self.address(of: $0) == address }
    }

    func path(from: Int, to: Int) -> NetworkPath { paths[from][to] }

    var all: [NetworkPath] { paths.flatMap(\.self) }

    /// The process that listens at a node's address, if any.
    func process(at node: Int) -> SimulatedNodeProcess? {
        processes.withLock { $0[node] }
    }

    func listen(_ process: SimulatedNodeProcess?, at node: Int) {
        processes.withLock { $0[node] = process }
    }
}
