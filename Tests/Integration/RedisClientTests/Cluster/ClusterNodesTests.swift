import SeededRandom
import Testing

@testable import RedisClient

@Suite struct ClusterNodesTests {
    /// An id of so many digits.
    static func id(_ digit: Character) -> String { String(repeating: digit, count: 40) }

    /// As Redis 7.0 answers in the middle of a move, with a failed primary and a node that is not known yet.
    static let reply = """
        \(id("a")) 127.0.0.1:30001@31001,redis-1 myself,master - 0 0 1 connected 0-99 101 200-5460 \
        [77->-\(id("b"))] [6000-<-\(id("b"))]
        \(id("b")) 127.0.0.1:30002@31002,redis-2,shard-id=69bc master - 0 1426238317239 2 connected 5461-10922
        \(id("c")) ::1:30003@31003 master,fail - 1426238310000 1426238309000 3 disconnected 10923-16383
        \(id("d")) :30004@31004 slave \(id("a")) 0 1426238316232 1 connected
        \(id("e")) :0@0 master,noaddr - 1426238316232 1426238316232 0 disconnected
        \(id("f")) 127.0.0.1:30006@31006 handshake - 0 0 0 disconnected

        """

    @Test func `the word of a node is read`() throws {
        let word = try ClusterNodes(text: Self.reply)
        #expect(word.own.id == Self.id("a") && word.own.isPrimary && word.own.epoch == 1)
        #expect(word.own.hostname == "redis-1" && word.own.slots == [0...99, 101...101, 200...5_460])
        #expect(word.migrating == [77: Self.id("b")] && word.importing == [6_000: Self.id("b")])
        #expect(word.others.map(\.id) == ["b", "c", "d", "e", "f"].map { Self.id($0) })
        #expect(word.others[0].hostname == "redis-2" && word.others[0].slots == [5_461...10_922])
        #expect(word.others[1].address?.resolved(asking: "x") == ServerAddress(host: "::1", port: 30_003))
        #expect(word.others[1].hasFailed && word.others[1].isFailing && word.others[1].isPrimary)
        #expect(word.others[2].primary == Self.id("a") && !word.others[2].isPrimary)
        #expect(word.others[2].address?.resolved(asking: "x") == ServerAddress(host: "x", port: 30_004))
        #expect(word.others[3].address == nil && !word.others[3].isMember && !word.others[4].isMember)
    }

    @Test func `a node that only this one misses has not failed`() throws {
        let text = Self.reply.replacing("master,fail ", with: "master,fail? ")
        let node = try ClusterNodes(text: text).others[1]
        #expect(node.isFailing && !node.hasFailed)
    }

    @Test(arguments: [
        "", "\n", "nonsense", String(reply.dropFirst(600)),
        reply + reply,
        reply.replacing("0-99", with: "99-0"), reply.replacing("0-99", with: "0-16384"),
        reply.replacing("0-99", with: "0-"), reply.replacing("0-99", with: "-"),
        reply.replacing("200-5460", with: "50-5460"),
        reply.replacing(" 1 connected 0", with: " x connected 0"),
        reply.replacing(" 1 connected 0", with: " 18446744073709551616 connected 0"),
        reply.replacing("[77->-", with: "[77-"), reply.replacing("[77->-", with: "[77-->-"),
        reply.replacing("[77->-", with: "[16384->-"), reply.replacing("[77->-\(id("b"))]", with: "[77->-x]"),
        reply.replacing("[77->-\(id("b"))]", with: "["), reply.replacing(id("b"), with: "b"),
        reply.replacing(id("b"), with: String(repeating: "B", count: 40)),
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: ClusterSilence.self) { try ClusterNodes(text: text) }
    }

    @Test func `a word has a limit`() {
        let line = "\(Self.id("b")) 127.0.0.1:30002@31002 master - 0 1 2 connected\n"
        let text = Self.reply + String(repeating: line, count: ClusterNodes.nodeLimit)
        #expect(throws: ClusterSilence.self) { try ClusterNodes(text: text) }
    }

    /// The reply with some bytes changed, removed, added or repeated.
    private static func damaged(using random: inout SplitMix64) -> String {
        var bytes = Array(reply.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array(" -,:@[]<>\n0919".utf8).randomElement(using: &random) ?? 0, at: place)
            default:
                let end = Int.random(in: place..<bytes.count, using: &random)
                bytes.insert(
                    contentsOf: bytes[place...end],
                    at: Int.random(in: bytes.indices, using: &random)
                )
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a damaged word is refused or read, and the map takes whatever was read`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let asked = ServerAddress(host: "seed", port: 7_000)
        let addresses = try ClusterSlots(.array([]))
        var map = SlotMap()
        let intact = try ClusterNodes(text: Self.reply.replacing("0-99 101 200-5460", with: "0-5460"))
        _ = map.take(intact, addresses: addresses, asked: asked)
        var readable = 0
        for _ in 0..<3_000 {
            do throws(ClusterSilence) {
                let word = try ClusterNodes(text: Self.damaged(using: &random))
                readable += 1
                // Slow, and as good after some.
                if readable <= 50 { _ = map.take(word, addresses: addresses, asked: asked) }
            } catch {
                #expect(error.description.count <= 200)
            }
        }
        let servers = map.map.servers
        let isServed = map.map.owners.allSatisfy {
            servers.indices.contains(Int($0)) && servers[Int($0)] != nil
        }
        #expect(isServed && readable > 50, "seed \(seed)")
    }
}
