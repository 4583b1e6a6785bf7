/// The connections of a server, counted by source and by face. Pure.
package struct ConnectionCounts: Sendable {
    package enum Admission: String, CaseIterable, Sendable {
        case admitted
        /// The server has as many connections as it may have.
        case full
        /// The source has as many connections as one may have.
        case sourceFull = "source_full"
    }

    /// A protocol on the outside of the node.
    package enum Face: String, CaseIterable, Sendable {
        case http, grpc, retail, operations
    }

    private struct Event: Hashable {
        let face: Face
        let admission: Admission
    }

    private let limits: ConnectionLimits
    private var bySource: [ConnectionSource: Int] = [:]
    private var byFace: [Face: Int] = [:]
    private var events: [Event: UInt64] = [:]
    private(set) var total = 0

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Open connections to a face.
    package func open(to face: Face) -> Int { byFace[face] ?? 0 }

    /// The connections to a face so far that were decided on so.
    package func count(_ admission: Admission, to face: Face) -> UInt64 {
        events[Event(face: face, admission: admission)] ?? 0
    }

    /// Counts a connection if there is room for it.
    mutating func admit(_ source: ConnectionSource, to face: Face) -> Admission {
        let admission = decide(source)
        events[Event(face: face, admission: admission), default: 0] += 1
        guard admission == .admitted else { return admission }
        bySource[source, default: 0] += 1
        byFace[face, default: 0] += 1
        total += 1
        return admission
    }

    private func decide(_ source: ConnectionSource) -> Admission {
        guard total < limits.total else { return .full }
        guard bySource[source] ?? 0 < limits.perAddress else { return .sourceFull }
        return .admitted
    }

    /// Forgets a connection that was admitted.
    mutating func remove(_ source: ConnectionSource, from face: Face) {
        guard let count = bySource[source] else { return }
        byFace[face, default: 1] -= 1
        bySource[source] = count > 1 ? count - 1 : nil
        total -= 1
    }
}
