internal import Foundation

/// What befalls one node's process.
package enum NodeFault: Sendable, Hashable {
    /// It is killed, and started again when the fault ends.
    case killed
    /// It is killed where it reaches this failpoint for the so-manieth time.
    case killedAt(String, hit: Int)
    /// It is told to leave, and is killed at this failpoint.
    case killedLeaving(String)
    /// It is told to leave, and started again.
    case redeployed
    /// It stands still.
    case paused
    /// It stands still most of the time.
    case starved
    /// Its heartbeats leave so much too late.
    case heartbeatsLate(Duration)
    /// All threads that serve requests wait; heartbeats go on.
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
    /// Has it happen to a node, and returns when it is over: what was killed is starting again.
    func inject(_ node: NodeProcess, _ trouble: NodeFault, for length: Duration) async throws {
        let clock = ContinuousClock()
        let end = clock.now + length
        switch trouble {
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

    /// The longest that a node may take to leave.
    package static var longestDrain: Duration { .seconds(40) }

    /// Failpoints that have all threads of a node wait, which the runtime has one of for each processor.
    package static func stuckRequests(from hit: Int, for length: Duration) -> String {
        let last = hit - 1 + ProcessInfo.processInfo.activeProcessorCount
        return "request.received@\(hit)-\(last)=block:\(length.asSetting)"
    }

    /// Ends a node in good order and starts it again.
    private func restart(_ node: NodeProcess, failpoints: String? = nil) async throws {
        node.terminate()
        try await node.end(within: Self.longestDrain)
        try node.start(failpoints: failpoints)
    }

    /// Lets a node have a fifth of the time.
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
