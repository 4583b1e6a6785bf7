/// The findings of one examination.
package struct Report: Sendable, Equatable {
    /// The Redis that was examined, without a secret.
    package let redis: String
    /// The name of the cluster.
    package let cluster: String
    /// The gravest first, and within a level in the order of the checks.
    package let findings: [Finding]

    package init(redis: String, cluster: String, facts: Facts, checks: [Check] = CheckTable.all) {
        let found = checks.flatMap { $0.findings(in: facts) } + Self.ofOtherServers(facts)
        self.redis = redis
        self.cluster = cluster
        findings = Level.allCases.reversed().flatMap { level in found.filter { $0.level == level } }
    }

    /// The warnings and errors of the other servers of a Redis Cluster. Those that several share appear once.
    private static func ofOtherServers(_ facts: Facts) -> [Finding] {
        var seen = Set(CheckTable.ofEachServer.flatMap { $0.findings(in: facts) })
        var found: [Finding] = []
        for server in facts.shards?.others ?? [] {
            var its = Facts(node: facts.node)
            its.redis = server
            for var finding in CheckTable.ofEachServer.flatMap({ $0.findings(in: its) })
            where finding.level >= .warning && seen.insert(finding).inserted {
                finding.what = "At \(server.server.address): \(finding.what)"
                found.append(finding)
            }
        }
        return found
    }

    package func count(_ level: Level) -> Int { findings.count { $0.level == level } }

    /// The exit status of the command: 0, 1 with warnings, 2 with errors.
    package var exitCode: Int32 {
        switch findings.map(\.level).max() {
        case .error: 2
        case .warning: 1
        case .note, .ok, nil: 0
        }
    }

    /// The counts in words, the gravest first.
    package var summary: String {
        func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let parts = [
            words(count(.error), "error"), words(count(.warning), "warning"), words(count(.note), "note"),
        ]
        return parts.joined(separator: ", ")
    }
}
