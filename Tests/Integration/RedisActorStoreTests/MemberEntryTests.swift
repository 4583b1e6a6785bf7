import ActorRuntime
import Ownership
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The text of a membership entry, as Swift and Lua read it.
@Suite struct MemberEntryTests {
    private static let texts = [
        "1 alive - 0 {}", "1 draining a:b:c 0 {\"name\":\"n\",\"link\":\"l\",\"build\":\"b\",\"more\":1}",
        "9007199254740990 dead - 17 ", "0 alive - 0 no json at all", "1 alive - 0 ", "", " ", "1", "1 alive",
        "1 alive - 0", "1  alive - 0 {}", " 1 alive - 0 {}", "x alive - 0 {}", "01 alive - 0 {}",
        "9007199254740991 alive - 0 {}", "99999999999999999 alive - 0 {}", "-1 alive - 0 {}",
        "1 asleep - 0 {}", "1 alive  0 {}", "1 alive a\tb 0 {}", "1 alive - x {}", "1 alive - 01 {}",
        "1 alive - 0\n{}", "1 Alive - 0 {}", "1 alive ü 0 {}", "\0 alive - 0 {}", "1 alive - 0 {}\0{}",
    ]

    @Test func `Swift and Lua accept the same entries`() async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                for text in Self.texts {
                    let member = MemberEntry.member(session: Array("s".utf8), entry: Array(text.utf8))
                    let script = LuaFragments.entries + "return entry(ARGV[1]) and 1 or 0"
                    let isEntry = try await fixture.client.send("EVAL", [.string(script), 0, .string(text)])
                        .integer
                    #expect((isEntry == 1) == (member != nil), "\(text.debugDescription)")
                }
            }
        }
    }

    @Test func `an entry is parsed into all its parts`() {
        let card = #"{"name":"n","link":"l","build":"b","ops":"o","lease":7000,"more":1}"#
        let text = "12 draining a:b:c 0 \(card)"
        #expect(
            MemberEntry.member(session: Array("s".utf8), entry: Array(text.utf8))
                == Member(
                    session: SessionID("s"),
                    counter: 12,
                    condition: .draining,
                    settled: "a:b:c",
                    lease: .seconds(7),
                    card: NodeCard(name: "n", link: "l", build: "b", operations: "o")
                )
        )
    }

    @Test func `an unreadable card leaves a member that cannot be reached`() {
        let member = MemberEntry.member(session: Array("s".utf8), entry: Array("1 alive - 0 {{{".utf8))
        #expect(member?.card == NodeCard(name: "", link: "", build: ""))
    }

    @Test(arguments: ["", "a b", "ü", String(repeating: "s", count: 65)])
    func `a field whose name cannot be a session is not an entry`(_ name: String) {
        #expect(MemberEntry.member(session: Array(name.utf8), entry: Array("1 alive - 0 {}".utf8)) == nil)
    }

    @Test func `a card survives encoding, whatever its texts contain`() throws {
        for text in ["", "a b", "\"}\n\0", "ü🛒"] {
            for lease in [nil, .milliseconds(1), .seconds(300)] as [Duration?] {
                let node = NodeCard(name: text, link: text, build: text, operations: text)
                let card = EntryCard(card: node, lease: lease)
                let json = try #require(card.json)
                #expect(EntryCard(json: json) == card)
            }
        }
    }

    @Test(
        arguments: [
            ("", nil), (#","lease":0"#, nil), (#","lease":-5"#, nil), (#","lease":1"#, .milliseconds(1)),
            (#","lease":9223372036854775807"#, .seconds(3_600)),
        ] as [(String, Duration?)]
    )
    func `a lease is believed in bounds, and may be missing`(text: String, lease: Duration?) {
        #expect(EntryCard(json: Array(#"{"name":"n"\#(text)}"#.utf8))?.lease == lease)
    }

    @Test func `a part of a millisecond makes the lease a millisecond longer`() throws {
        let card = EntryCard(
            card: NodeCard(name: "n", link: "l", build: "b"),
            lease: .milliseconds(2) + .nanoseconds(1)
        )
        #expect(EntryCard(json: try #require(card.json))?.lease == .milliseconds(3))
    }
}
