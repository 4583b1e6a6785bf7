import Doctor
import Ownership
import RedisActorStore
import Testing

/// Whatever a server says, the doctor ends with a report that a terminal can show.
@Suite struct HostileFactsTests {
    private static let nasty = [
        "", "-1", "0", "9223372036854775807", "-9223372036854775808", "99999999999999999999",
        "9007199254740992",
        "nan", "1e400", "yes", "a\u{1B}[2Jb\nc", String(repeating: "x", count: 5_000),
    ]

    private func check(_ change: (inout Facts) -> Void) {
        var facts = Facts.healthy
        change(&facts)
        let report = Report(redis: "redis", cluster: "cart", facts: facts)
        for finding in report.findings {
            for text in [finding.what, finding.why, finding.mend] {
                #expect(text.count <= 1_000)
                #expect(!text.unicodeScalars.contains { $0.value < 32 }, "\(text)")
            }
        }
        #expect(!ReportText(width: 80, isColoured: false).text(of: report).contains("\u{1B}"))
    }

    @Test(arguments: nasty) func `any value of any field of INFO is survived`(_ value: String) {
        for field in RedisFacts.healthy.info.keys {
            check { facts in facts.redis { $0.info[field] = value } }
        }
        check { facts in facts.redis { $0.info = $0.info.mapValues { _ in value } } }
    }

    @Test(arguments: nasty) func `any value of any setting is survived`(_ value: String) {
        for name in RedisFacts.healthy.settings.keys {
            check { facts in facts.redis { $0.settings[name] = value } }
        }
        check { facts in facts.redis { $0.settings = $0.settings.mapValues { _ in value } } }
    }

    @Test(arguments: nasty) func `any name of a node, key or reason is survived`(_ text: String) {
        check { facts in
            facts.cluster { reading in
                reading.members.append(
                    ClusterFacts.member(text, beats: 1, build: text, lease: .seconds(1 << 50), link: text)
                )
                reading.keyType = text
                reading.tombstones = [.max, .min, 0]
            }
            facts.redis { redis in
                redis.keys?.strays = [KeyReading.Stray(type: text, count: 1, example: text)]
                redis.missingRights = [text]
                redis.refusals = [Refusal(text, of: text, reason: text)]
                redis.clock = ClockReading(ahead: .seconds(Int64.min), uncertainty: .zero)
            }
        }
        check { facts in facts.unreachable = Unreachability(reason: text) }
    }
}
