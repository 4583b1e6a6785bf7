/// One question that the doctor asks of the facts. A value: it reads nothing itself.
package struct Check: Sendable {
    /// The document that explains each check under its name.
    package static let document = "docs/doctor.md"

    /// Its name, which is also its heading in the document: lower-case letters and dashes.
    package let name: String
    private let judge: @Sendable (Facts) -> [Verdict]

    init(_ name: String, judge: @escaping @Sendable (Facts) -> [Verdict]) {
        self.name = name
        self.judge = judge
    }

    /// A check of Redis; says nothing where it was not reached.
    static func redis(
        _ name: String,
        judge: @escaping @Sendable (_ redis: RedisFacts, _ facts: Facts) -> [Verdict]
    ) -> Check {
        Check(name) { facts in facts.redis.map { judge($0, facts) } ?? [] }
    }

    /// A check of the cluster; says nothing where Redis told nothing of it.
    static func cluster(
        _ name: String,
        judge: @escaping @Sendable (_ cluster: ClusterFacts, _ facts: Facts) -> [Verdict]
    ) -> Check {
        Check(name) { facts in facts.cluster.map { judge($0, facts) } ?? [] }
    }

    /// A check of the node's settings.
    static func settings(_ name: String, judge: @escaping @Sendable (NodeFacts) -> [Verdict]) -> Check {
        Check(name) { judge($0.node) }
    }

    /// What it finds; empty where it has nothing to say.
    package func findings(in facts: Facts) -> [Finding] {
        judge(facts).map {
            Finding(
                check: name,
                level: $0.level,
                what: Words.printable($0.what),
                why: Words.printable($0.why),
                mend: Words.printable($0.mend),
                link: "\(Self.document)#\(name)"
            )
        }
    }
}
