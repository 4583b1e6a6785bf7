/// What happens to a cluster. `Member.server` has the operations on one process: `kill`, `restart`, `pause` and
/// `resume`.
extension RedisClusterFixture {
    package enum FailoverKind: String, Sendable {
        /// The primary hands over all that it has. It must be there.
        case orderly = ""
        /// Without the primary, by a vote.
        case force = "FORCE"
        /// Without anybody's consent.
        case takeover = "TAKEOVER"
    }

    /// Has a replica take its primary's place, and returns once most servers know it.
    package func failOver(to replica: Member, _ kind: FailoverKind = .orderly) async throws {
        let former = view(of: replica).first { $0.id == replica.id }?.primary
        guard let former, let slot = view(of: replica).first(where: { $0.id == former })?.slots.first else {
            throw failure("\(replica) is no replica of a primary with slots")
        }
        let words = ["CLUSTER", "FAILOVER"] + (kind == .orderly ? [] : [kind.rawValue])
        try order(words, of: replica)
        // On a busy machine the replica may give it up after five seconds.
        for _ in 0..<8 where try await !isTrue(within: .seconds(7), { serves(slot.lowerBound, replica) }) {
            replica.server.command(words)
        }
        try await served(slot.lowerBound, by: replica)
    }

    /// Waits until most of the servers that run name this server for a slot, and it says so itself and accepts
    /// commands.
    package func served(_ slot: Int, by member: Member) async throws {
        try await wait("slot \(slot) is served by \(member)") {
            server(of: slot) == member && serves(slot, member)
        }
    }

    private func serves(_ slot: Int, _ member: Member) -> Bool {
        view(of: member).contains { $0.id == member.id && $0.serves(slot) }
            && member.server.command("CLUSTER", "INFO").contains("cluster_state:ok")
    }

    /// Waits until most of the servers that run name another server for a slot than before.
    ///
    /// - Returns: that server.
    package func replaced(_ former: Member, of slot: Int) async throws -> Member {
        try await wait("\(former) is replaced for slot \(slot)") {
            server(of: slot).map { $0 != former } ?? false
        }
        guard let successor = server(of: slot) else { throw failure("slot \(slot) lost its server") }
        try await served(slot, by: successor)
        return successor
    }

    /// Cuts some servers off from the others: both sides lose what the other one says. Clients reach all of them, and
    /// replicas their primaries. Only for a cluster that `canBeCutOff`.
    package func cutOff(_ group: [Member]) {
        for (one, proxy) in zip(members, proxies) {
            for (number, other) in members.enumerated() where group.contains(one) != group.contains(other) {
                proxy.cut(host: ClusterPlan.host(number))
            }
        }
    }

    /// Lets all servers reach each other again.
    package func reunite() {
        for proxy in proxies { proxy.heal() }
    }

    // MARK: Slots

    /// The slot of a key.
    package func slot(of key: String) throws -> Int {
        for member in members where member.server.isAwake {
            let reply = member.server.command("CLUSTER", "KEYSLOT", key)
            if let slot = Int(reply.dropFirst().prefix { $0.isNumber }) { return slot }
        }
        throw failure("nobody tells the slot of \(key)")
    }

    /// Opens a slot: its server migrates it, and the other one imports it. No key moves yet.
    package func open(_ slot: Int, from source: Member, to target: Member) throws {
        try order(["CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", source.id], of: target)
        try order(["CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", target.id], of: source)
    }

    /// Moves a key of an open slot.
    package func move(key: String, from source: Member, to target: Member) throws {
        try order(["MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000"], of: source)
    }

    /// Gives an open slot to its target, and tells all other primaries.
    package func close(_ slot: Int, to target: Member) throws {
        try order(["CLUSTER", "SETSLOT", "\(slot)", "NODE", target.id], of: target)
        for member in members where member != target && member.server.isAwake {
            // A replica refuses that.
            member.server.command("CLUSTER", "SETSLOT", "\(slot)", "NODE", target.id)
        }
    }

    /// Moves slots with all their keys, and returns once most servers know it.
    package func move(_ slots: ClosedRange<Int>, from source: Member, to target: Member) async throws {
        for slot in slots {
            try open(slot, from: source, to: target)
            for key in keys(in: slot, at: source) { try move(key: key, from: source, to: target) }
            try close(slot, to: target)
        }
        for slot in Set([slots.lowerBound, slots.upperBound]) { try await served(slot, by: target) }
    }

    /// The keys of a slot, 1 000 at most, as its server names them.
    package func keys(in slot: Int, at member: Member) -> [String] {
        let reply = member.server.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1000")
        // The number of keys, then the length and the bytes of each.
        return reply.split(separator: "\r\n").dropFirst().enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// Gives a server a command that it must obey.
    private func order(_ words: [String], of member: Member) throws {
        let reply = member.server.command(words)
        guard reply.hasPrefix("+OK") || reply.hasPrefix("+NOKEY") else {
            throw failure("\(words.joined(separator: " ")) to \(member): \(reply)")
        }
    }

    private func failure(_ description: String) -> RedisServerFixture.Failure {
        RedisServerFixture.Failure(description: description)
    }
}
