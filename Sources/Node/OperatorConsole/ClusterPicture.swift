/// The cluster as one node and those that it knows show it.
struct ClusterPicture: Codable, Equatable, Sendable {
    /// The address of the node that was asked first.
    let from: String
    /// By name.
    let nodes: [Node]
    /// As the node sees it that was asked first.
    let redis: NodeReport.Redis
    /// The same node's numbers of it; nil if it tells none.
    let redisNumbers: RedisReport?
    /// The warnings and errors of the nodes' doctors, errors first.
    let findings: [Finding]
    /// The last events of the cluster, newest first.
    let events: [Event]

    /// The state of a node, in a word or two.
    enum State: String, Codable, Sendable {
        case ready
        case draining
        case notReady = "not ready"
        /// The others count it as a member, and it does not say anything of itself.
        case silent = "no answer"
    }

    /// A node of the cluster.
    struct Node: Codable, Equatable, Sendable {
        let name: String
        let state: State
        let session: String?
        let build: String
        /// `host:port` of its operations port; empty if nobody knows it.
        let operations: String
        let liveCarts: Int?
        let liveCartsLimit: Int?
        let leaseMilliseconds: Int?
        let leaseLeftMilliseconds: Int?
        /// Nil if it tells none.
        let rates: NodeRates?
        /// Why it is not ready, or does not answer; and what an operator should end.
        let remarks: [String]
    }

    /// A finding of doctors, and the nodes whose doctors have it.
    struct Finding: Codable, Equatable, Sendable {
        let finding: FindingReport
        let nodes: [String]
    }

    /// Something that happened, and the nodes that tell it.
    struct Event: Codable, Equatable, Sendable {
        let event: EventReport
        let tellers: [String]
        /// For a person to read.
        let text: String
    }

    /// True if nothing needs an operator.
    var isWell: Bool { nodes.allSatisfy { $0.state == .ready } && redis.connected && redis.problem == nil }
}

extension ClusterPicture {
    /// - Parameters:
    ///   - asked: what the node said that was asked first.
    ///   - others: what its members said, or why they did not, by their sessions.
    ///   - snapshots: what nodes told of themselves beside that, by their sessions.
    ///   - redisNumbers: what the node that was asked first told of Redis.
    init(
        from: String,
        asked: NodeReport,
        others: [String: Result<NodeReport, ConsoleFailure>],
        snapshots: [String: SnapshotReport] = [:],
        redisNumbers: RedisReport? = nil
    ) {
        self.from = from
        redis = asked.redis
        self.redisNumbers = redisNumbers
        func node(_ said: NodeReport, at address: String) -> Node {
            Node(said, at: address, rates: said.session.flatMap { snapshots[$0]?.node.rates })
        }
        let members = asked.members.map { member in
            switch others[member.session] {
            // An address may be another node's by now.
            case .success(let said)? where said.session == member.session || said.name == member.name:
                node(said, at: member.operations ?? "")
            case .success(let said)?: Node(member, because: "\(said.name) answers at its address")
            case .failure(let why)?: Node(member, because: "\(why)")
            case nil: Node(member, because: "its operations port is not known")
            }
        }
        nodes = ([node(asked, at: from)] + members).sorted {
            ($0.name, $0.session ?? "") < ($1.name, $1.session ?? "")
        }
        findings = Self.findings(of: nodes, in: snapshots)
        let told = snapshots.values.flatMap { $0.events ?? [] }
        events = EventHistory(told).entries.map { Event(event: $0.event, tellers: $0.tellers, text: $0.line) }
    }
}

extension ClusterPicture {
    /// The findings of all doctors. Most concern Redis or the cluster, and each node finds them.
    private static func findings(of nodes: [Node], in snapshots: [String: SnapshotReport]) -> [Finding] {
        var found: [Finding] = []
        for node in nodes {
            for finding in node.session.flatMap({ snapshots[$0]?.node.doctor }) ?? [] {
                if let same = found.firstIndex(where: { $0.finding == finding }) {
                    found[same] = Finding(finding: finding, nodes: found[same].nodes + [node.name])
                } else {
                    found.append(Finding(finding: finding, nodes: [node.name]))
                }
            }
        }
        return found.filter { $0.finding.level == "error" } + found.filter { $0.finding.level != "error" }
    }
}

extension ClusterPicture.Node {
    fileprivate init(_ said: NodeReport, at address: String, rates: NodeRates?) {
        self.init(
            name: said.name,
            state: said.draining ? .draining : said.ready ? .ready : .notReady,
            session: said.session,
            build: said.build,
            operations: said.operations ?? address,
            liveCarts: said.liveCarts,
            liveCartsLimit: said.liveCartsLimit,
            leaseMilliseconds: said.leaseMilliseconds,
            leaseLeftMilliseconds: said.leaseLeftMilliseconds,
            rates: rates,
            remarks: said.reasons + said.warnings
        )
    }

    fileprivate init(_ member: NodeReport.Member, because reason: String) {
        self.init(
            name: member.name,
            state: .silent,
            session: member.session,
            build: member.build,
            operations: member.operations ?? "",
            liveCarts: nil,
            liveCartsLimit: nil,
            leaseMilliseconds: nil,
            leaseLeftMilliseconds: nil,
            rates: nil,
            remarks: [reason]
        )
    }
}
