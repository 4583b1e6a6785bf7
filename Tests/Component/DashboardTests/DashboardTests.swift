import Testing

@testable import Dashboard

@Suite struct DashboardTests {
    private let node = NodeFake()

    private func next(_ updates: AsyncStream<Dashboard.Update>) async -> Dashboard.Update? {
        var iterator = updates.makeAsyncIterator()
        return await iterator.next()
    }

    @Test func `nobody is asked while nobody watches`() async {
        let dashboard = Dashboard(node.sources)
        await dashboard.tick()
        await dashboard.tick()
        #expect(node.asked.isEmpty)
        #expect(node.redisReads == 0)
        #expect(await dashboard.report?.node.name == "n1")
    }

    @Test func `a watcher sees the whole cluster through one node`() async throws {
        node.set {
            $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n2", live: 12), events: [])
        }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        let snapshot = try #require(await next(updates)).snapshot
        #expect(snapshot.from == "n1")
        #expect(snapshot.nodes.map(\.name) == ["n1", "n2"])
        #expect(snapshot.nodes.map(\.operations) == ["n1:9090", "n2:9090"])
        #expect(snapshot.nodes.last?.said?.carts.live == 12)
        #expect(node.asked == ["n2:9090"])
        #expect(node.redisReads == 1)
    }

    @Test func `the page is told what reads each node's port, which is nothing where no token is asked for`()
        async throws
    {
        node.set { $0.snapshot = nodeSnapshot("n1", members: [member("n2"), member("n3", operations: "")]) }
        for (sources, passes) in [
            (node.sources, [nil, nil, nil]),
            (node.sources(passing: { "pass for \($0)" }), ["pass for n1:9090", "pass for n2:9090", nil]),
        ] as [(DashboardSources, [String?])] {
            let dashboard = Dashboard(sources)
            let updates = try #require(await dashboard.watch())
            await dashboard.tick()
            #expect(try #require(await next(updates)).snapshot.nodes.map(\.pass) == passes)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a Redis that does not answer holds nothing up, and is shown as one that does not`() async throws {
        node.set {
            $0.redis.isConnected = true
            $0.redis.warnings = ["w"]
            $0.redisHangs = true
            $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n2"), events: [])
        }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        let snapshot = try #require(await next(updates)).snapshot
        #expect(snapshot.redis.problem == "Redis does not answer: nothing within 0.7 seconds")
        #expect(snapshot.redis.isConnected && snapshot.redis.warnings == ["w"])
        #expect(snapshot.redis.latency == nil)
        #expect(snapshot.nodes.last?.said?.name == "n2")
        // What the node knows itself says more.
        node.set { $0.redis.problem = "LOADING" }
        #expect(await dashboard.redis().problem == "LOADING")
        node.set { $0.redisHangs = false }
        #expect(await dashboard.redis().latency != nil)
    }

    @Test func `the answer of another node at a member's address is not that member's`() async throws {
        node.set { $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n3"), events: []) }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        let other = try #require(await next(updates)).snapshot.nodes.last
        #expect(other?.name == "n2" && other?.said == nil)
    }

    @Test func `a node answers for itself also under a new session`() async throws {
        node.set {
            $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n2", session: "new", live: 7), events: [])
        }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        let other = try #require(await next(updates)).snapshot.nodes.last
        #expect(other?.session == "s-n2")
        #expect(other?.said?.session == "new" && other?.said?.carts.live == 7)
    }

    @Test func `a slow watcher gets the newest state, and no event is lost to it`() async throws {
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        node.set { $0.snapshot = nodeSnapshot("n1", notReady: ["x"], members: [member("n2")]) }
        await dashboard.tick()
        node.set { $0.snapshot = nodeSnapshot("n1", live: 5, members: [member("n2")]) }
        await dashboard.tick()
        let update = try #require(await next(updates))
        #expect(update.snapshot.nodes.first?.said?.carts.live == 5)
        #expect(update.events.map(\.event.kind) == ["not_ready", "ready"])
    }

    @Test func `a death names the carts that the node had when it last answered`() async throws {
        node.set { $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n2", live: 12), events: []) }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        node.set { $0.reports = [:] }
        await dashboard.tick()
        node.set { $0.snapshot = nodeSnapshot("n1") }
        await dashboard.tick()
        let died = try #require(await next(updates)?.events.last?.event)
        #expect(died.kind == "died" && died.subject == "n2" && died.carts == 12)
        #expect(await dashboard.name(of: "s-n2") == "n2")
    }

    @Test func `what another node tells reaches the watchers`() async throws {
        let event = ClusterEvent(
            ClusterEvent.Draft(kind: .takeover, carts: 3),
            node: "n2",
            process: "p2",
            number: 1,
            at: 5
        )
        node.set { $0.reports["n2:9090"] = NodeReport(node: nodeSnapshot("n2"), events: [event]) }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        #expect(await next(updates)?.events.map(\.event) == [event])
        #expect(await dashboard.report?.events.isEmpty == true)
    }

    @Test func `watchers are bounded, and those that left make room`() async throws {
        let dashboard = Dashboard(node.sources)
        do {
            var watchers: [AsyncStream<Dashboard.Update>] = []
            for _ in 0..<Dashboard.watcherLimit { watchers.append(try #require(await dashboard.watch())) }
            #expect(await dashboard.watch() == nil)
            #expect(watchers.count == Dashboard.watcherLimit)
        }
        await dashboard.tick()
        #expect(await dashboard.watch() != nil)
    }

    @Test func `a second watcher is answered at once, by the last state`() async throws {
        let dashboard = Dashboard(node.sources)
        let first = try #require(await dashboard.watch())
        await dashboard.tick()
        let second = try #require(await dashboard.watch())
        #expect(await next(second)?.snapshot.from == "n1")
        #expect(await next(first)?.snapshot.from == "n1")
        #expect(node.redisReads == 1)
    }

    @Test func `a drain ends all watching, and nobody begins to watch`() async throws {
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.close()
        #expect(await next(updates) == nil)
        #expect(await dashboard.watch() == nil)
        // The node still tells others of itself.
        await dashboard.tick()
        #expect(await dashboard.report != nil)
    }

    @Test func `the service samples by itself and ends with its task`() async throws {
        let dashboard = Dashboard(node.sources)
        let life = Task { await dashboard.run() }
        let updates = try #require(await dashboard.watch())
        #expect(await next(updates)?.snapshot.from == "n1")
        life.cancel()
        await life.value
        #expect(await dashboard.watch() == nil)
    }
}
