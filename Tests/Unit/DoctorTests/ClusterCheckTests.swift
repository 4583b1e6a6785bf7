import Doctor
import Ownership
import RedisActorStore
import Testing

/// Each check of the cluster and of the settings.
@Suite struct ClusterCheckTests {
    private static func replacing(_ member: @escaping @Sendable (UInt64) -> Member)
        -> @Sendable (inout Facts) -> Void
    {
        { facts in
            facts.cluster?.first.members[1] = member(10)
            facts.cluster?.last.members[1] = member(14)
        }
    }

    private static let cluster: [CheckCase] = [
        CheckCase("no membership", "note members") { facts in facts.cluster { $0 = MembershipReading() } },
        CheckCase(
            "a silent session",
            "note members",
            change: { facts in
                facts.cluster?.last.members[1] = ClusterFacts.member("two", beats: 10)
            }
        ),
        CheckCase("an unknown field", "warning members") { facts in facts.cluster { $0.unknownFields = 1 } },
        CheckCase(
            "another build",
            "note builds",
            change: replacing {
                ClusterFacts.member("two", beats: $0, build: "0.0.9")
            }
        ),
        CheckCase(
            "another lease",
            "warning leases",
            change: replacing {
                ClusterFacts.member("two", beats: $0, lease: .seconds(10))
            }
        ),
        CheckCase(
            "a lease that is not named",
            change: replacing {
                ClusterFacts.member("two", beats: $0, lease: nil)
            }
        ),
        CheckCase(
            "a generation that is not settled",
            "warning generations",
            change: replacing {
                ClusterFacts.member("two", beats: $0, settled: "")
            }
        ),
        CheckCase("a new generation", "error generations") { facts in
            let fresh = Generation(dataSet: "set", run: "other", replication: "replication")
            facts.cluster?.last.generation = fresh
        },
        CheckCase("an old tombstone", "note tombstones") { facts in
            facts.cluster { $0.tombstones = [ClusterFacts.now - 100_000] }
        },
        CheckCase("too many tombstones", "warning tombstones") { facts in
            facts.cluster { $0.tombstones = [Int64](repeating: ClusterFacts.now, count: 257) }
        },
        CheckCase(
            "a link that two advertise",
            "error links",
            change: replacing {
                ClusterFacts.member("two", beats: $0, link: "one:7170")
            }
        ),
        CheckCase(
            "a name that two have",
            "warning links",
            change: replacing { beats in
                let member = ClusterFacts.member("two", beats: beats)
                return Member(
                    session: member.session,
                    counter: beats,
                    condition: .draining,
                    settled: member.settled,
                    lease: member.lease,
                    card: NodeCard(name: "one", link: "two:7170", build: member.card.build)
                )
            }
        ),
        CheckCase(
            "a link of the loopback beside another's",
            "error links",
            change: replacing {
                ClusterFacts.member("two", beats: $0, link: "[::1]:7170")
            }
        ),
        CheckCase("links of the loopback alone") { facts in
            facts.cluster?.first.members = [ClusterFacts.member("one", beats: 10, link: "127.0.0.1:7170")]
            facts.cluster?.last.members = [ClusterFacts.member("one", beats: 14, link: "127.0.0.1:7170")]
        },
    ]

    @Test(arguments: cluster)
    func `a cluster that is wrong in one way gives that finding`(_ wrong: CheckCase) { wrong.check() }
}
