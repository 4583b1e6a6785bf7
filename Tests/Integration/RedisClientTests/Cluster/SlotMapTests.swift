import SeededRandom
import Testing

@testable import RedisClient

@Suite struct SlotMapTests {
    /// A cluster as each of its nodes sees it.
    private struct Cluster {
        var nodes: [ClusterNodes.Node]

        /// Three primaries with a third of the slots each.
        init() {
            let thirds: [(Character, ClosedRange<UInt16>)] = [
                ("a", 0...5_460), ("b", 5_461...10_922), ("c", 10_923...16_383),
            ]
            nodes = thirds.enumerated().map { number, third in
                Self.primary(third.0, epoch: UInt64(number + 1), slots: [third.1])
            }
        }

        static func address(_ digit: Character) -> ServerAddress {
            ServerAddress(host: "h\(digit)", port: 7_000)
        }

        static func primary(
            _ digit: Character,
            epoch: UInt64,
            slots: [ClosedRange<UInt16>] = []
        ) -> ClusterNodes.Node {
            ClusterNodes.Node(
                id: ClusterNodesTests.id(digit),
                address: AnnouncedAddress(host: .named("h\(digit)"), port: 7_000),
                isPrimary: true,
                isFailing: false,
                hasFailed: false,
                isMember: true,
                epoch: epoch,
                slots: slots
            )
        }

        subscript(_ digit: Character) -> ClusterNodes.Node {
            get { nodes.first { $0.id == ClusterNodesTests.id(digit) } ?? Self.primary(digit, epoch: 0) }
            set {
                nodes.removeAll { $0.id == ClusterNodesTests.id(digit) }
                nodes.append(newValue)
            }
        }

        /// The replica `d` takes the place of `b`.
        mutating func promote(epoch: UInt64 = 9) {
            self["d"] = Self.primary("d", epoch: epoch, slots: self["b"].slots)
            self["b"].slots = []
            self["b"].isFailing = true
            self["b"].hasFailed = true
        }

        mutating func addReplica() {
            self["d"] = Self.primary("d", epoch: 2)
            self["d"].isPrimary = false
        }

        func word(of digit: Character) -> ClusterNodes {
            ClusterNodes(own: self[digit], others: nodes.filter { $0.id != ClusterNodesTests.id(digit) })
        }
    }

    private func tell(_ map: inout SlotMap, _ cluster: Cluster, of digit: Character) throws -> SlotMap.Change
    {
        let addresses = try ClusterSlots(.array([]))
        return map.take(cluster.word(of: digit), addresses: addresses, asked: Cluster.address(digit))
    }

    private func move(_ slot: UInt16, in map: inout SlotMap, to address: ServerAddress) -> Bool {
        map.move(slot, to: address)
    }

    private func isFull(_ map: SlotMap) -> Bool { map.map.isFull }

    private func owner(_ slot: UInt16, _ map: SlotMap) -> Character? { map.map.primary(of: slot)?.id.first }

    private func primaries(_ map: SlotMap) -> Set<Character> { Set(map.map.primaries.compactMap(\.id.first)) }

    @Test func `one word makes a full map, and the same word changes nothing`() throws {
        var map = SlotMap()
        let cluster = Cluster()
        #expect(try tell(&map, cluster, of: "a") == .changed)
        #expect(isFull(map) && primaries(map) == ["a", "b", "c"])
        #expect(map.map.primaries.map(\.slots) == [[0...5_460], [5_461...10_922], [10_923...16_383]])
        #expect(owner(0, map) == "a" && owner(16_383, map) == "c")
        let version = map.map.version
        for digit in "abc" { #expect(try tell(&map, cluster, of: digit) == .none) }
        #expect(map.map.version == version)
    }

    @Test func `a promoted replica takes the slots, and the former primary is forgotten`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        cluster.addReplica()
        _ = try tell(&map, cluster, of: "a")
        #expect(primaries(map) == ["a", "b", "c"])
        cluster.promote()
        let former = {
            var former = Cluster(); former.addReplica(); return former
        }()
        #expect(try tell(&map, cluster, of: "c") == .changed)
        #expect(owner(6_000, map) == "d" && primaries(map) == ["a", "c", "d"])
        // One that was cut off, and the old primary itself, change nothing about that.
        for digit in "ab" { _ = try tell(&map, former, of: digit) }
        #expect(owner(6_000, map) == "d" && isFull(map))
    }

    /// It was asked for ever: by its own word nobody else could be.
    @Test func `a primary that is cut off does not say whom to ask`() throws {
        var (map, knowledge) = (SlotMap(), ClusterKnowledge())
        var cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        var cutOff = cluster
        for digit in "bc" { cutOff[digit].isFailing = true }
        _ = try tell(&map, cutOff, of: "a")
        #expect(map.places.primaries.count == 3)
        let addresses = try ClusterSlots(.array([]))
        let useful = [cluster, cutOff].map { view in
            let answer = ClusterInquiry.Answer(
                word: view.word(of: "a"),
                addresses: addresses,
                asked: Cluster.address("a")
            )
            return knowledge.take(answer, now: .now)
        }
        #expect(useful == [true, false])
        cluster["a"].isFailing = true
        _ = try tell(&map, cluster, of: "b")
        #expect(map.places.primaries.count == 2)
    }

    @Test func `what a node leaves out makes no hole`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        cluster["b"].slots = []
        for digit in "abc" { _ = try tell(&map, cluster, of: digit) }
        #expect(isFull(map) && owner(6_000, map) == "b")
        // A server that does not serve a slot by its own word has to give it to whoever claims it.
        cluster["c"].slots = [5_461...16_383]
        cluster["c"].epoch = 3
        #expect(try tell(&map, cluster, of: "a") == .changed)
        #expect(owner(6_000, map) == "c")
    }

    @Test func `the higher epoch wins, whoever says it and in whichever order`() throws {
        for order in ["ab", "ba"] {
            var map = SlotMap()
            _ = try tell(&map, Cluster(), of: "c")
            var views: [Character: Cluster] = [:]
            // After a reshard `a` claims a slot under a new epoch, and `b` has not heard of it.
            var newer = Cluster()
            newer["a"].slots = [0...5_461]
            newer["a"].epoch = 10
            newer["b"].slots = [5_462...10_922]
            views["a"] = newer
            views["b"] = Cluster()
            for digit in order { _ = try tell(&map, try #require(views[digit]), of: digit) }
            #expect(owner(5_461, map) == "a" && isFull(map), "\(order)")
        }
    }

    @Test func `a redirection counts at once, until a word with a higher epoch`() throws {
        var map = SlotMap()
        let cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        #expect(move(5, in: &map, to: Cluster.address("c")))
        #expect(owner(5, map) == "c" && owner(4, map) == "a")
        // A node that has not heard of it.
        _ = try tell(&map, cluster, of: "b")
        #expect(owner(5, map) == "c")
        var newer = cluster
        newer["b"].slots = [5...5, 5_461...10_922]
        newer["b"].epoch = 7
        _ = try tell(&map, newer, of: "b")
        #expect(owner(5, map) == "b")
        #expect(!move(5, in: &map, to: ServerAddress(host: "elsewhere", port: 1)))
        #expect(!move(16_384, in: &map, to: Cluster.address("c")))
    }

    @Test func `a redirection to a replica makes it a server`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        cluster.addReplica()
        _ = try tell(&map, cluster, of: "a")
        #expect(move(6_000, in: &map, to: Cluster.address("d")))
        #expect(owner(6_000, map) == "d" && primaries(map) == ["a", "b", "c", "d"])
        // Others still take it for a replica.
        _ = try tell(&map, cluster, of: "c")
        #expect(owner(6_000, map) == "d" && primaries(map) == ["a", "b", "c", "d"])
    }

    @Test func `a new primary without slots is a server, and needs two who do not know it to be none`() throws
    {
        var map = SlotMap()
        let small = Cluster()
        var grown = Cluster()
        grown["e"] = Cluster.primary("e", epoch: 0)
        _ = try tell(&map, grown, of: "a")
        #expect(primaries(map).contains("e"))
        for _ in 0..<3 { _ = try tell(&map, small, of: "b") }
        #expect(primaries(map).contains("e"))
        _ = try tell(&map, grown, of: "a")
        _ = try tell(&map, small, of: "c")
        #expect(primaries(map).contains("e"))
        #expect(try tell(&map, small, of: "b") == .changed)
        #expect(!primaries(map).contains("e"))
    }

    @Test func `a drained primary that becomes a replica is none`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        cluster["c"].slots = [5_461...16_383]
        cluster["c"].epoch = 8
        cluster["b"].slots = []
        _ = try tell(&map, cluster, of: "a")
        #expect(primaries(map) == ["a", "b", "c"] && owner(6_000, map) == "c")
        cluster["b"].isPrimary = false
        _ = try tell(&map, cluster, of: "b")
        #expect(primaries(map) == ["a", "c"])
    }

    @Test func `another cluster is not believed`() throws {
        var map = SlotMap()
        _ = try tell(&map, Cluster(), of: "a")
        var other = Cluster()
        for (number, digit) in "123".enumerated() {
            other.nodes[number].id = ClusterNodesTests.id(digit)
            other.nodes[number].epoch = 100
        }
        let addresses = try ClusterSlots(.array([]))
        let word = ClusterNodes(own: other.nodes[0], others: Array(other.nodes.dropFirst()))
        #expect(map.take(word, addresses: addresses, asked: Cluster.address("a")) == .foreign)
        #expect(primaries(map) == ["a", "b", "c"])
    }

    @Test func `a node that has failed is not to be asked, and one without an address is left out`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        cluster["c"].isFailing = true
        cluster["e"] = Cluster.primary("e", epoch: 0)
        cluster["e"].isMember = false
        cluster.addReplica()
        _ = try tell(&map, cluster, of: "a")
        #expect(Set(map.places.primaries.map(\.address)) == [Cluster.address("a"), Cluster.address("b")])
        #expect(map.places.others.map(\.address) == [Cluster.address("d")])
        #expect(primaries(map) == ["a", "b", "c"])
    }

    @Test func `a view without addresses leaves unknown servers out, and says so`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        cluster.promote()
        let word = cluster.word(of: "a")
        #expect(map.take(word, addresses: nil, asked: Cluster.address("a")) == .none)
        #expect(map.lacksAddress(in: word) && owner(6_000, map) == "b")
        _ = try tell(&map, cluster, of: "a")
        #expect(!map.lacksAddress(in: word) && owner(6_000, map) == "d")
    }

    @Test func `a server that has moved is the same with another address`() throws {
        var map = SlotMap()
        var cluster = Cluster()
        _ = try tell(&map, cluster, of: "a")
        cluster["c"].address = AnnouncedAddress(host: .named("elsewhere"), port: 7_001)
        #expect(try tell(&map, cluster, of: "a") == .changed)
        #expect(map.map.primary(of: 16_383)?.address == ServerAddress(host: "elsewhere", port: 7_001))
        #expect(map.place(at: ServerAddress(host: "elsewhere", port: 7_001)) != nil)
        #expect(map.place(at: Cluster.address("c")) == nil)
    }

    /// Moves, promotions, nodes that lag behind, and redirections by whoever does not serve a slot.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `the map never gets a hole, and follows once everybody is heard`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var map = SlotMap()
        var present = Cluster()
        present["d"] = Cluster.primary("d", epoch: 4)
        let digits: [Character] = ["a", "b", "c", "d"]
        var views = Dictionary(uniqueKeysWithValues: digits.map { ($0, present) })
        var epoch: UInt64 = 10
        _ = try tell(&map, present, of: "a")
        for _ in 0..<60 {
            let digit = digits.randomElement(using: &random) ?? "a"
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                // A run of slots moves to this server, which gets the highest epoch.
                let first = UInt16.random(in: 0..<16_000, using: &random)
                for other in digits {
                    present[other].slots = present[other].slots.flatMap { $0.without(first...first + 99) }
                }
                present[digit].slots = (present[digit].slots + [first...first + 99]).sorted {
                    $0.lowerBound < $1.lowerBound
                }
                epoch += 1
                present[digit].epoch = epoch
            case 1: views[digit] = present
            case 2:
                let slot = UInt16.random(in: 0..<16_384, using: &random)
                if let server = digits.first(where: { present[$0].slots.contains { $0.contains(slot) } }) {
                    #expect(move(slot, in: &map, to: Cluster.address(server)))
                }
            default: _ = try tell(&map, try #require(views[digit]), of: digit)
            }
            #expect(isFull(map))
        }
        for digit in digits { _ = try tell(&map, present, of: digit) }
        for digit in digits {
            for range in present[digit].slots {
                let number = map.map.number(of: ClusterNodesTests.id(digit))
                #expect(range.allSatisfy { map.map.owners[Int($0)] == number }, "seed \(seed)")
            }
        }
    }
}

extension ClosedRange<UInt16> {
    /// What is left of the range without another one.
    fileprivate func without(_ other: ClosedRange<UInt16>) -> [ClosedRange<UInt16>] {
        guard overlaps(other) else { return [self] }
        var rest: [ClosedRange<UInt16>] = []
        if lowerBound < other.lowerBound { rest.append(lowerBound...other.lowerBound - 1) }
        if upperBound > other.upperBound { rest.append(other.upperBound + 1...upperBound) }
        return rest
    }
}
