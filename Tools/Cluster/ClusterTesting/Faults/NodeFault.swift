internal import Foundation

/// A fault of one node's process.
package enum NodeFault: Sendable, Hashable {
    /// The node is killed, and restarted when the fault ends.
    case killed
    /// The node is killed when it reaches this failpoint for the `hit`-th time.
    case killedAt(String, hit: Int)
    /// The node is drained, and killed when it reaches this failpoint.
    case killedLeaving(String)
    /// The node is drained and restarted.
    case redeployed
    /// The node is stopped (SIGSTOP) until the fault ends.
    case paused
    /// The node is stopped for four fifths of the time.
    case starved
    /// The node sends its heartbeats with this delay.
    case heartbeatsLate(Duration)
    /// All threads that serve requests are blocked; heartbeats continue.
    case requestsStuck
}

extension NodeFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .killed: "killed"
        case .killedAt(let point, let hit): "killed at \(point)@\(hit)"
        case .killedLeaving(let point): "killed leaving at \(point)"
        case .redeployed: "redeployed"
        case .paused: "paused"
        case .starved: "starved"
        case .heartbeatsLate(let delay): "heartbeats \(delay.asSetting) late"
        case .requestsStuck: "requests stuck"
        }
    }
}

extension Cluster {
    /// Injects a fault into a node and returns when the fault is over; a killed node may still be starting.
    func inject(_ fault: NodeFault, into node: NodeProcess, for length: Duration) async throws {
        let clock = ContinuousClock()
        let end = clock.now + length
        switch fault {
        case .killed:
            try await node.kill()
            try await clock.sleep(until: end)
            try node.start()
        case .killedAt(let failpoint, let hit):
            try await restart(node, failpoints: "\(failpoint)@\(hit)=kill")
            while node.ended == nil, clock.now < end { try await clock.sleep(for: .milliseconds(10)) }
            try await node.kill()
            try node.start()
        case .killedLeaving(let failpoint):
            try await restart(node, failpoints: "\(failpoint)=kill")
            try await clock.sleep(until: end)
            node.terminate()
            try await node.end(within: Self.longestDrain)
            try node.start()
        case .redeployed:
            try await restart(node)
        case .paused:
            defer { node.resume() }
            node.pause()
            try await clock.sleep(until: end)
        case .starved:
            try await starve(node, until: end)
        case .heartbeatsLate(let delay):
            try await restart(node, failpoints: "heartbeat.sending@4-=stall:\(delay.asSetting)")
            try await clock.sleep(until: end)
            try await restart(node)
        case .requestsStuck:
            try await restart(node, failpoints: Self.stuckRequests(from: 50, for: length))
            try await clock.sleep(until: end + length)
            try await restart(node)
        }
    }

    /// Time limit of a node's drain.
    package static var longestDrain: Duration { .seconds(40) }

    /// Failpoints that block all threads of a node. The Swift runtime has one for each processor.
    package static func stuckRequests(from hit: Int, for length: Duration) -> String {
        let last = hit - 1 + ProcessInfo.processInfo.activeProcessorCount
        return "request.received@\(hit)-\(last)=block:\(length.asSetting)"
    }

    /// Drains a node and starts it again.
    private func restart(_ node: NodeProcess, failpoints: String? = nil) async throws {
        node.terminate()
        try await node.end(within: Self.longestDrain)
        try node.start(failpoints: failpoints)
    }

    /// Lets a node run for a fifth of the time.
    private func starve(_ node: NodeProcess, until end: ContinuousClock.Instant) async throws {
        defer { node.resume() }
        let clock = ContinuousClock()
        while clock.now < end {
            node.pause()
            try await clock.sleep(for: .milliseconds(160))
            node.resume()
            try await clock.sleep(for: .milliseconds(40))
        }
    }
}
