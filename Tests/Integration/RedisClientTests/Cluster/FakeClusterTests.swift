import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RedisClient

/// Clients of clusters whose servers answer what no sound server would, or seldom does.
@Suite(.timeLimit(.minutes(1))) struct FakeClusterTests {
    /// The number of commands that ran a script.
    private static func runs(_ words: [[String]]) -> Int { words.filter { $0[0] == "EVALSHA" }.count }

    @Test func `two servers that redirect to each other get six calls, the last ones after pauses`()
        async throws
    {
        let ports = Mutex<[Int]>([])
        try await FakeCluster.with(2) { server, _ in
            .bytes("-MOVED 0 127.0.0.1:\(ports.withLock { $0[1 - server] })\r\n")
        } _: { cluster in
            ports.withLock { $0 = cluster.ports }
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                let began = ContinuousClock.now
                guard case .failure(.server(let error)) = await client.get("{\(HashSlot.tag(for: 0))}") else {
                    Issue.record("it was answered")
                    return
                }
                #expect(error.code == "MOVED" && Self.runs(cluster.received) == 6)
                #expect(ContinuousClock.now - began >= .milliseconds(170))
            }
        }
    }

    @Test func `a server that redirects to itself gets one new connection`() async throws {
        let port = Mutex(0)
        let connections = Mutex(0)
        try await FakeCluster.with(1) { _, words in
            if words[0] == "EVALSHA" { connections.withLock { $0 += 1 } }
            return .bytes("-MOVED 0 :\(port.withLock { $0 })\r\n")
        } _: { cluster in
            port.withLock { $0 = cluster.ports[0] }
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                guard case .failure(.server(let error)) = await client.get("{\(HashSlot.tag(for: 0))}") else {
                    Issue.record("it was answered")
                    return
                }
                #expect(error.code == "MOVED")
                #expect(connections.withLock { $0 } == 2)
                let own = try #require(client.client(of: FakeCluster.ids[0]))
                #expect(own.connectionCounts.opened == 2)
            }
        }
    }

    @Test(arguments: ["READONLY", "CLUSTERDOWN", "TRYAGAIN", "LOADING", "MASTERDOWN", "BUSY", "NOREPLICAS"])
    func `a call is made again after trouble that passes`(code: String) async throws {
        let troubles = Mutex(2)
        try await FakeCluster.with(2) { _, _ in
            let isOver = troubles.withLock { left in
                left -= 1
                return left < 0
            }
            return .bytes(isOver ? "+fine\r\n" : "-\(code) for a while\r\n")
        } _: { cluster in
            var configuration = try cluster.configuration
            configuration.commandTimeout = .seconds(30)
            try await withClusterClient(configuration) { client in
                try await client.isReady()
                #expect(await client.get("key") == .success(.simple("fine")))
                #expect(Self.runs(cluster.received) == 3)
            }
        }
    }

    @Test func `trouble that does not pass ends in time, and says what it was`() async throws {
        try await FakeCluster.with(1) { _, _ in
            .bytes("-CLUSTERDOWN The cluster is down\r\n")
        } _: { cluster in
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                let error = RedisError.server(RedisServerError(reply: "CLUSTERDOWN The cluster is down"))
                let began = ContinuousClock.now
                #expect(await client.get("key") == .failure(error))
                #expect(ContinuousClock.now - began < .seconds(10) && !error.mayHaveBeenExecuted)
                #expect(Self.runs(cluster.received) > 2)
            }
        }
    }

    @Test func `a redirected call that is not answered ends in time`() async throws {
        let ports = Mutex<[Int]>([])
        try await FakeCluster.with(2) { server, _ in
            server == 0 ? .bytes("-MOVED 0 127.0.0.1:\(ports.withLock { $0[1] })\r\n") : .nothing
        } _: { cluster in
            ports.withLock { $0 = cluster.ports }
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                guard case .failure(let error) = await client.get("{\(HashSlot.tag(for: 0))}") else {
                    Issue.record("it was answered")
                    return
                }
                #expect(error == .timedOut(sent: true) && error.mayHaveBeenExecuted)
            }
        }
    }

    @Test func `a call that may have been executed is not made again`() async throws {
        try await FakeCluster.with(1) { _, _ in
            .bytesThenClose("")
        } _: { cluster in
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                guard case .failure(.connectionLost) = await client.get("key") else {
                    Issue.record("another outcome")
                    return
                }
                #expect(Self.runs(cluster.received) == 1)
            }
        }
    }

    @Test func `an asked server is sent the script and the word before the call`() async throws {
        let ports = Mutex<[Int]>([])
        try await FakeCluster.with(2) { server, words in
            switch (server, words[0]) {
            case (0, _): .bytes("-ASK 0 127.0.0.1:\(ports.withLock { $0[1] })\r\n")
            case (_, "EVALSHA"): .bytes("+moved\r\n")
            default: .bytes("+OK\r\n")
            }
        } _: { cluster in
            ports.withLock { $0 = cluster.ports }
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                #expect(await client.get("{\(HashSlot.tag(for: 0))}") == .success(.simple("moved")))
                #expect(cluster.received.map { $0[0] } == ["EVALSHA", "SCRIPT", "ASKING", "EVALSHA"])
                // Once: the slot stays where it is.
                #expect(await client.get("{\(HashSlot.tag(for: 0))}") == .success(.simple("moved")))
                #expect(cluster.received.count == 8)
                #expect(client.topology.map.primary(of: 0)?.address.port == cluster.ports[0])
            }
        }
    }

    /// The server ends subscriptions by itself just as the client does, and answers that with an event or an error.
    @Test func `replies stay in step when a server ends subscriptions by itself`() async throws {
        let ended = Mutex(0)
        let script: FakeCluster.Script = { _, words in
            let bulk = FakeCluster.bulk
            switch words[0] {
            case "SSUBSCRIBE": return .bytes("*3\r\n\(bulk("ssubscribe"))\(bulk(words[1])):1\r\n")
            case "SUNSUBSCRIBE":
                let number = ended.withLock { number in
                    number += 1
                    return number
                }
                let event = "*3\r\n\(bulk("sunsubscribe"))\(bulk(words[1])):0\r\n"
                switch number % 3 {
                case 0: return .bytes(event)
                case 1: return .bytes(event + "-MOVED 0 127.0.0.1:1\r\n")
                default: return .bytes(event + event)
                }
            default: return .bytes("-ERR unknown\r\n")
            }
        }
        try await FakeCluster.with(1, script: script) { cluster in
            let events = Mutex(0)
            try await withClusterClient(
                cluster.configuration,
                onMessage: { message in if message.kind == .unsubscribed { events.withLock { $0 += 1 } } },
                { client in
                    try await client.isReady()
                    for number in 0..<30 {
                        let channel = "c\(number)"
                        try await client.subscribe(to: channel) { _ in }
                        async let end: Void = client.unsubscribe(from: channel, at: FakeCluster.ids[0])
                        try await client.subscribe(to: channel + "x") { _ in }
                        try await end
                        await client.probe()
                    }
                    #expect(events.withLock { $0 } == 40)
                    #expect(client.client(of: FakeCluster.ids[0])?.connectionCounts.opened == 1)
                }
            )
        }
    }

    @Test func `a node with another id is not used, and says so`() async throws {
        try await FakeCluster.with(1) { _, _ in
            .bytes("+fine\r\n")
        } _: { cluster in
            cluster.answer("MYID", with: FakeCluster.bulk(FakeCluster.ids[7]))
            try await withClusterClient(cluster.configuration) { client in
                try await client.wait(until: "refused") {
                    client.client(of: FakeCluster.ids[0])?.disconnectReason?.contains("node 777") ?? false
                }
                guard case .failure(.notConnected) = await client.get("key") else {
                    Issue.record("it was sent")
                    return
                }
                cluster.answer("MYID", with: nil)
                try await client.isReady()
                #expect(await client.get("key") == .success(.simple("fine")))
            }
        }
    }

    @Test func `another cluster at the seed's address is not believed`() async throws {
        try await FakeCluster.with(1) { _, _ in
            .bytes("+fine\r\n")
        } _: { cluster in
            try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                let other = cluster.nodes(seenBy: 0, firstID: 5)
                cluster.answer("NODES", with: FakeCluster.bulk(other))
                client.topology.refresh()
                try await client.wait(until: "noticed") {
                    client.topology.problem.contains("another Redis Cluster")
                }
                #expect(client.topology.primaries.map(\.id) == [FakeCluster.ids[0]])
            }
        }
    }

    @Test
    func `when all servers have other addresses, they are found by the seeds, whose names are read anew`()
        async throws
    {
        let file = "/tmp/redis-cluster-seeds-\(UInt64.random(in: 0..<UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        func write(port: Int) throws {
            try Data("redis+cluster://127.0.0.1:\(port)".utf8).write(to: URL(fileURLWithPath: file))
        }
        try write(port: 1)
        let configuration = try RedisConfiguration(serverFile: file)
        try await FakeCluster.with(2) { _, _ in
            .bytes("+new\r\n")
        } _: { later in
            try await withClusterClient(configuration) { client in
                try await client.wait(until: "in vain") { client.topology.problem.contains("refused") }
                let isOver = Mutex(false)
                let script: FakeCluster.Script = { _, _ in
                    isOver.withLock { $0 } ? .bytesThenClose("") : .bytes("+old\r\n")
                }
                try await FakeCluster.with(2, script: script) { cluster in
                    try write(port: cluster.ports[0])
                    try await client.isReady()
                    #expect(await client.get("key") == .success(.simple("old")))
                }
                // Nobody listens there any more, and the open connections end with their next call.
                isOver.withLock { $0 = true }
                try write(port: later.ports[1])
                try await client.wait(until: "found") {
                    await client.get("key") == .success(.simple("new"))
                }
                #expect(client.topology.primaries.map(\.address.port) == later.ports)
            }
        }
    }

    @Test func `a server that is no node of a cluster is refused, and so is a cluster where none is meant`()
        async throws
    {
        try await HostileServer.with(hello: { "*2\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n" }) { server in
            guard case .tcp(_, let port) = server.configuration.address else { return }
            let configuration = try RedisConfiguration(url: "redis+cluster://127.0.0.1:\(port)")
            try await withClusterClient(configuration) { client in
                try await client.wait(until: "refused") {
                    client.topology.problem.contains("not a node of a Redis Cluster")
                }
            }
        }
    }

    @Test func `what no server can be asked for fails at once`() async throws {
        let configuration = try RedisConfiguration(url: "redis+cluster://127.0.0.1:1")
        try await withClusterClient(configuration) { client in
            guard case .failure(.notConnected) = await client.get("key") else {
                Issue.record("it was sent")
                return
            }
        }
    }

    @Test func `after the end of the client calls are refused`() async throws {
        try await FakeCluster.with(1) { _, _ in
            .nothing
        } _: { cluster in
            let client = try await withClusterClient(cluster.configuration) { client in
                try await client.isReady()
                return client
            }
            #expect(await client.get("key") == .failure(.shutDown))
        }
    }
}
