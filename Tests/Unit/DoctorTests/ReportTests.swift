import Doctor
import Foundation
import RedisClient
import Testing

/// The report's forms, and its document.
@Suite struct ReportTests {
    private func report(_ change: (inout Facts) -> Void = { _ in }) -> Report {
        var facts = Facts.healthy
        change(&facts)
        return Report(redis: "redis://:***@redis:6379/0", cluster: "cart", facts: facts)
    }

    private var sick: Report {
        report { facts in
            facts.redis { redis in
                redis.info["maxmemory_policy"] = "allkeys-lru"
                redis.settings["timeout"] = "300"
                redis.namesakes = [1]
            }
        }
    }

    @Test func `each check has its heading in the document, in the same order, and no heading is too many`()
        throws
    {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let page = try String(contentsOf: root.appending(path: Check.document), encoding: .utf8)
        let headings = page.split(separator: "\n").filter { $0.hasPrefix("### ") }.map {
            String($0.dropFirst(4))
        }
        #expect(headings == CheckTable.all.map(\.name))
        #expect(Set(headings).count == headings.count)
        for name in headings { #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)") }
    }

    @Test func `the gravest finding decides the exit status`() {
        #expect(report().exitCode == 0)
        #expect(report { facts in facts.redis { $0.namesakes = [1] } }.exitCode == 0)
        #expect(report { facts in facts.redis { $0.settings["timeout"] = "300" } }.exitCode == 1)
        #expect(sick.exitCode == 2)
        #expect(sick.summary == "1 error, 1 warning, 1 note")
    }

    @Test func `the gravest findings come first`() {
        #expect(sick.findings.prefix(3).map(\.check) == ["eviction", "client-timeout", "databases"])
        #expect(sick.findings.dropFirst(3).allSatisfy { $0.level == .ok })
    }

    @Test(arguments: [60, 80, 120]) func `no line is longer than the terminal`(_ width: Int) {
        let text = ReportText(width: width, isColoured: false).text(of: sick)
        for line in text.split(separator: "\n") {
            // A word that is too long stays whole.
            #expect(line.count <= width || !line.dropFirst(9).contains(" "), "\(line)")
        }
        #expect(text.contains("docs/doctor.md#eviction"))
        #expect(!text.contains("\u{1B}"))
        #expect(ReportText(width: width, isColoured: true).text(of: sick).contains("\u{1B}[1;31merror"))
    }

    @Test func `the JSON has the same findings and the counts`() throws {
        struct Form: Decodable {
            struct Finding: Decodable { let check, level, what, why, mend, link: String }
            let redis, cluster: String
            let exitCode: Int
            let counts: [String: Int]
            let findings: [Finding]
        }
        let form = try JSONDecoder().decode(Form.self, from: Data(sick.json.utf8))
        #expect(form.exitCode == 2)
        #expect(form.counts["error"] == 1)
        #expect(form.findings.map(\.what) == sick.findings.map(\.what))
        #expect(form.redis == "redis://:***@redis:6379/0")
    }

    @Test func `reasons of the client are sorted`() {
        let reasons: [(String, Unreachability.Kind)] = [
            ("the handshake failed: WRONGPASS invalid username-password pair", .password),
            ("the handshake failed: NOAUTH Authentication required.", .password),
            ("the handshake failed: the server is a replica, and a primary is needed", .replica),
            ("the handshake failed: LOADING Redis is loading the dataset in memory", .busy),
            ("the handshake failed: BUSY Redis is busy running a script", .busy),
            ("connection refused", .silence),
            ("at the primary sentinel.example:6379: refused", .silence),
        ]
        for (reason, kind) in reasons { #expect(Unreachability(reason: reason).kind == kind, "\(reason)") }
        let several = "no sentinel answers (a:1: WRONGPASS invalid; b:1: Connection refused)"
        for reason in [several, "at the primary redis:6379: no answer"] {
            let unreachable = Unreachability(reason: reason, asksSentinels: true)
            #expect(unreachable == Unreachability(.sentinels, reason: reason))
        }
    }
    @Test func `an announced address that cannot be reached is named with those who announce it`() {
        let announcement = "the sentinels (s:1, s:2) announce the primary at redis:6379"
        let causes = [
            ("Connection errors: Connection refused)", "nothing listens there (connection refused)"),
            ("DNS error: redis: Name or service not known", "there is no host of that name"),
            ("Connect timeout (1 s)", "Connect timeout (1 s)"),
        ]
        for (reason, cause) in causes {
            let unreachable = Unreachability(
                reason: "\(announcement): \(reason)",
                announcement: announcement
            )
            #expect(unreachable == Unreachability(.announcement, reason: "\(announcement): \(cause)"))
        }
        let replica = Unreachability(reason: "the server is a replica", announcement: announcement)
        #expect(replica.kind == .replica)
    }
}
