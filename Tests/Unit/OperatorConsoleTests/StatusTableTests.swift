import Foundation
import Testing

@testable import OperatorConsole

/// The cluster as a table: what it shows, and on which terminal.
@Suite struct StatusTableTests {
    private static let redis = NodeReport.Redis(
        connected: true,
        problem: nil,
        durability: "append-only file, everysec",
        warnings: []
    )

    private static func report(
        _ name: String,
        session: String = "5f3c0011223344",
        ready: Bool = true,
        draining: Bool = false,
        reasons: [String] = [],
        left: Int? = 4_250,
        members: [NodeReport.Member] = [],
        redis: NodeReport.Redis = redis
    ) -> NodeReport {
        NodeReport(
            name: name,
            build: "0.1.0",
            session: session,
            ready: ready,
            reasons: reasons,
            draining: draining,
            liveCarts: 1_204,
            leaseMilliseconds: left == nil ? nil : 5_000,
            leaseLeftMilliseconds: left,
            operations: "127.0.0.1:9091",
            warnings: [],
            redis: redis,
            members: members
        )
    }

    private static func member(_ name: String, _ operations: String? = "127.0.0.1:9099") -> NodeReport.Member
    {
        NodeReport.Member(
            name: name,
            session: "s-\(name)",
            condition: "alive",
            build: "0.1.0",
            operations: operations
        )
    }

    private static let cluster = ClusterPicture(
        from: "127.0.0.1:9091",
        asked: report(
            "node-1",
            members: ["node-2", "node-3", "node-4"].map { member($0) } + [member("node-5", nil)]
        ),
        others: [
            "s-node-2": .success(
                report(
                    "node-2",
                    session: "s-node-2",
                    ready: false,
                    reasons: ["the node has no valid session"],
                    left: 0
                )
            ),
            "s-node-3": .failure(.noAnswer("127.0.0.1:9093", because: "Connection refused")),
            "s-node-4": .success(report("other", session: "x")),
        ]
    )

    private static let plain = Terminal(columns: nil, rows: nil, hasColour: false, isScreen: false)

    @Test func `a table has every node, with its state and what is wrong with it`() {
        let lines = StatusTable(picture: Self.cluster, terminal: Self.plain).lines
        #expect(
            lines == [
                "NODE    STATE      CARTS  LEASE LEFT        SESSION   BUILD  OPERATIONS",
                "node-1  ready       1204  █████████░ 4.2 s  5f3c0011  0.1.0  127.0.0.1:9091",
                "node-2  not ready   1204  ░░░░░░░░░░ 0.0 s  s-node-2  0.1.0  127.0.0.1:9091",
                "node-3  no answer      -  -                 s-node-3  0.1.0  127.0.0.1:9099",
                "node-4  no answer      -  -                 s-node-4  0.1.0  127.0.0.1:9099",
                "node-5  no answer      -  -                 s-node-5  0.1.0  -",
                "",
                "node-2: the node has no valid session",
                "node-3: no answer of a node at 127.0.0.1:9093: Connection refused",
                "node-4: other answers at its address",
                "node-5: its operations port is not known",
                "Redis: connected; append-only file, everysec",
            ]
        )
        #expect(!Self.cluster.isWell)
    }

    private static func snapshot(
        _ session: String,
        _ rates: NodeRates? = nil,
        findings: [FindingReport] = [],
        events: [EventReport] = []
    ) -> SnapshotReport {
        SnapshotReport(node: .init(session: session, rates: rates, doctor: findings), events: events)
    }

    private static let busy = ClusterPicture(
        from: "127.0.0.1:9091",
        asked: report("node-1", members: [member("node-2"), member("node-3")]),
        others: [
            "s-node-2": .success(report("node-2", session: "s-node-2")),
            "s-node-3": .success(report("node-3", session: "s-node-3")),
        ],
        snapshots: [
            "5f3c0011223344": snapshot(
                "5f3c0011223344",
                NodeRates(requests: 1_350.4, commits: 412, restores: 0.42, p99: 0.0025)
            ),
            // No requests, and none that it counts.
            "s-node-2": snapshot("s-node-2", NodeRates(requests: 0, commits: 0)),
        ],
        redisNumbers: RedisReport(
            version: "7.2.4",
            role: "primary",
            memory: 13_107_200,
            memoryLimit: 805_306_368,
            latency: 0.00021
        )
    )

    @Test func `a table has the numbers that the page has`() {
        let terminal = Terminal(columns: 100, rows: nil, hasColour: false, isScreen: true)
        let lines = StatusTable(picture: Self.busy, terminal: terminal).lines
        #expect(
            lines == [
                "NODE    STATE  CARTS  REQ/S  COMMIT/S       P99  RESTORE/S  LEASE LEFT        OPERATIONS",
                "node-1  ready   1204   1350       412  ≤ 2.5 ms        0.4  █████████░ 4.2 s  127.0.0.1:9091",
                "node-2  ready   1204      0         0         -          -  █████████░ 4.2 s  127.0.0.1:9091",
                "node-3  ready   1204      -         -         -          -  █████████░ 4.2 s  127.0.0.1:9091",
                "",
                "Redis: connected; append-only file, everysec",
                "Redis: primary; version 7.2.4; memory 12.5 MiB of 768 MiB; latency 210 µs",
            ]
        )
    }

    @Test func `what doctors found and what happened lately come below`() {
        func finding(_ level: String, about what: String) -> FindingReport {
            FindingReport(level: level, check: what, what: what, mend: "mend it", link: "docs")
        }
        func event(by node: String, number: Int, _ kind: String, at seconds: Int64) -> EventReport {
            EventReport(node: node, process: node, number: number, at: seconds * 1_000, kind: kind)
        }
        var died = event(by: "node-1", number: 2, "died", at: 86_399)
        died.subject = "node-3"
        var same = event(by: "node-2", number: 1, "died", at: 86_401)
        (same.subject, same.carts) = ("node-3", 7)
        var swept = event(by: "node-2", number: 2, "swept", at: 90_061)
        (swept.carts, swept.detail) = (1, "0 differed")
        let picture = ClusterPicture(
            from: "",
            asked: Self.report("node-1", session: "1", members: [Self.member("node-2")]),
            others: ["s-node-2": .success(Self.report("node-2", session: "s-node-2"))],
            snapshots: [
                "1": Self.snapshot(
                    "1",
                    findings: [
                        finding("warning", about: "slow"), finding("error", about: "no \u{1B}persistence"),
                    ],
                    events: [event(by: "node-1", number: 1, "ready", at: 0), died]
                ),
                "s-node-2": Self.snapshot(
                    "s-node-2",
                    findings: [finding("error", about: "no \u{1B}persistence")],
                    events: [swept, same, event(by: "node-2", number: 3, "from_the_future", at: 90_062)]
                ),
            ]
        )
        let lines = StatusTable(picture: picture, terminal: Self.plain).lines
        #expect(
            lines.suffix(8) == [
                "doctor: error: no \u{FFFD}persistence",
                "doctor: warning: slow (node-1)",
                "",
                "LAST EVENTS (UTC)",
                "01:01:02  node-2: from_the_future",
                "01:01:01  node-2 compared 1 cart with Redis · 0 differed",
                "23:59:59  node-3 died: 7 carts will be restored when asked for · seen by node-1, node-2",
                "00:00:00  node-1 is ready",
            ]
        )
        #expect(picture.events.map(\.tellers) == [["node-2"], ["node-2"], ["node-1", "node-2"], ["node-1"]])
    }

    @Test func `a table shows the last events only, and none of a time that no clock shows`() {
        let told = (0..<30).map {
            EventReport(node: "a", process: "p", number: $0, at: Int64($0) * 1_000, kind: "ready")
        }
        let odd = [Int64.min, -1, .max].map {
            EventReport(node: "a", process: "q", number: 1, at: $0, kind: "ready")
        }
        let picture = ClusterPicture(
            from: "",
            asked: Self.report("a", session: "s"),
            others: [:],
            snapshots: ["s": Self.snapshot("s", events: told + odd)]
        )
        #expect(picture.events.count == 30)
        let lines = StatusTable(picture: picture, terminal: Self.plain).lines
        #expect(lines.count { $0.hasSuffix("a is ready") } == 10)
        #expect(lines.contains("00:00:29  a is ready") && !lines.contains("00:00:19  a is ready"))
    }

    @Test(arguments: [
        (25, false, false), (40, false, true), (60, false, true), (80, true, true), (100, true, true),
    ])
    func `a narrow terminal keeps requests before commits`(_ columns: Int, commits: Bool, requests: Bool) {
        let terminal = Terminal(columns: columns, rows: nil, hasColour: false, isScreen: true)
        let lines = StatusTable(picture: Self.busy, terminal: terminal).lines
        #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
        #expect(lines[0].contains("COMMIT/S") == commits)
        #expect(lines[0].contains("REQ/S") == requests)
    }

    @Test func `numbers are short, and none from a node can be too large`() {
        #expect(
            [0, 0.04, 9.94, 9.96, 1_234.5].map { Figures.rate($0) } == ["0", "0.0", "9.9", "10", "1235"]
        )
        #expect(
            [0.00021, 0.0025, 0.01, 0.25, 1, 10].map { Figures.duration($0) }
                == ["210 µs", "2.5 ms", "10 ms", "250 ms", "1 s", "10 s"]
        )
        #expect(
            [0, 1_023, 1_536, 1 << 30].map { Figures.bytes($0) } == ["0 B", "1023 B", "1.5 KiB", "1.0 GiB"]
        )
        for value in [nil, -1, .nan, .infinity, 1e300] as [Double?] {
            #expect(Figures.rate(value) == "-" && Figures.duration(value) == "-")
        }
        #expect(Figures.bytes(.max) == "-" && Figures.bytes(.min) == "-" && Figures.bytes(nil) == "-")
    }

    @Test func `what nodes say is read as they write it`() throws {
        let finding = #"{"level":"error","check":"c","what":"w","mend":"m","link":"l"}"#
        let event = #"{"node":"a","process":"p","number":1,"at":5,"kind":"takeover","carts":2}"#
        let text = """
            {"node":{"name":"a","session":"s","rates":{"requests":2.5,"commits":1},"doctor":[\(finding)]},
            "events":[\(event)]}
            """
        let snapshot = try JSONDecoder().decode(SnapshotReport.self, from: Data(text.utf8))
        #expect(snapshot.node.doctor?.map(\.what) == ["w"])
        #expect(snapshot.events?.map(\.text.words) == ["a took over 2 carts of dead nodes"])
        #expect(snapshot.node.session == "s" && snapshot.node.rates == NodeRates(requests: 2.5, commits: 1))
        let redis = #"{"isConnected":true,"role":"primary","memory":5,"latency":0.5,"warnings":[]}"#
        let report = try JSONDecoder().decode(RedisReport.self, from: Data(redis.utf8))
        #expect(report == RedisReport(role: "primary", memory: 5, latency: 0.5))
    }

    @Test func `a cluster is well if every node is ready and Redis has no trouble`() {
        #expect(ClusterPicture(from: "", asked: Self.report("a"), others: [:]).isWell)
        #expect(!ClusterPicture(from: "", asked: Self.report("a", draining: true), others: [:]).isWell)
        let redis = NodeReport.Redis(connected: true, problem: "MISCONF", durability: nil, warnings: [])
        let troubled = ClusterPicture(from: "", asked: Self.report("a", redis: redis), others: [:])
        #expect(!troubled.isWell)
        let lines = StatusTable(picture: troubled, terminal: Self.plain).lines
        #expect(lines.last == "Redis: MISCONF")
    }

    @Test(arguments: [1, 5, 20, 34, 50, 60, 79, 200])
    func `no line is wider than the terminal, and a narrow one keeps the names and states`(_ columns: Int) {
        let terminal = Terminal(columns: columns, rows: nil, hasColour: false, isScreen: true)
        let lines = StatusTable(picture: Self.cluster, terminal: terminal).lines
        #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
        guard columns >= 17 else { return }
        #expect(lines[3].hasPrefix("node-3  no answer"))
        #expect(lines[0].contains("OPERATIONS") == (columns >= 60))
    }

    @Test func `colours mark states where the terminal has them, and change no word`() {
        let colourful = Terminal(columns: 80, rows: 24, hasColour: true, isScreen: true)
        let coloured = StatusTable(picture: Self.cluster, terminal: colourful).lines
        #expect(coloured[1].hasPrefix("\u{1B}[32m") && coloured[1].hasSuffix("\u{1B}[0m"))
        #expect(coloured[3].hasPrefix("\u{1B}[31m"))
        let plain = coloured.map { $0.replacing(/\u{1B}\[[0-9]+m/, with: "") }
        #expect(plain == StatusTable(picture: Self.cluster, terminal: Self.plain).lines)
    }

    @Test func `names of nodes cannot steer the terminal`() {
        let evil = ClusterPicture(
            from: "",
            asked: Self.report("a\u{1B}[2Jb", reasons: ["\u{202E}x\ny"]),
            others: [:]
        )
        for line in StatusTable(picture: evil, terminal: Self.plain).lines {
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .format })
        }
    }

    @Test func `a terminal has colours and a screen by the usual rules`() {
        func terminal(_ isTerminal: Bool, _ environment: [String: String]) -> Terminal {
            Terminal(isTerminal: isTerminal, size: isTerminal ? (100, 30) : nil, environment: environment)
        }
        let usual = terminal(true, ["TERM": "xterm-256color", "COLUMNS": "20"])
        #expect(usual == Terminal(columns: 100, rows: 30, hasColour: true, isScreen: true))
        #expect(!terminal(true, ["TERM": "xterm", "NO_COLOR": "1"]).hasColour)
        #expect(terminal(true, ["TERM": "xterm", "NO_COLOR": ""]).hasColour)
        #expect(!terminal(true, ["TERM": "dumb"]).isScreen)
        #expect(!terminal(true, [:]).hasColour)
        let pipe = terminal(false, ["TERM": "xterm"])
        #expect(pipe == Terminal(columns: nil, rows: nil, hasColour: false, isScreen: false))
        #expect(terminal(false, ["COLUMNS": "40"]).columns == 40)
        #expect(terminal(false, ["COLUMNS": "-1"]).columns == nil)
    }
}
