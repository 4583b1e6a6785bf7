import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RedisClient

/// Names that are looked up slowly, or not at all.
@Suite(.timeLimit(.minutes(1))) struct NameResolverTests {
    private static let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func find(_ host: String, by lookups: NameLookups, port: Int = 7) async throws -> [SocketAddress]
    {
        let resolver = NameResolver(eventLoop: Self.loop, lookups: lookups)
        return try await resolver.initiateAQuery(host: host, port: port).get()
    }

    @Test func `a name that nobody answers for keeps no other waiting, and is asked for once`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let calls = Atomic(0)
        let lookups = NameLookups { host in
            guard host == "dead" else { return .success([]) }
            calls.add(1, ordering: .relaxed)
            gate.wait()
            return .failure(UnknownHost(host: host, reason: "no answer"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let asked = NameResolver(eventLoop: Self.loop, lookups: lookups)
            let waiting = (0..<5).map { _ in asked.initiateAAAAQuery(host: "dead", port: 1) }
            for number in 0..<20 { #expect(try await find("name\(number)", by: lookups).isEmpty) }
            #expect(calls.load(ordering: .relaxed) <= 1)
            gate.signal()
            for future in waiting {
                group.addTask { await #expect(throws: UnknownHost.self) { try await future.get() } }
            }
            try await group.waitForAll()
        }
        #expect(calls.load(ordering: .relaxed) == 1)
        gate.signal()
        // What was answered is asked for anew: it may have another address.
        await #expect(throws: UnknownHost.self) { try await find("dead", by: lookups) }
        #expect(calls.load(ordering: .relaxed) == 2)
    }

    @Test func `addresses and names of this machine are found, with the port`() async throws {
        for host in ["127.0.0.1", "localhost"] {
            let found = try await find(host, by: .system, port: 4711)
            #expect(found.contains { $0.ipAddress == "127.0.0.1" && $0.port == 4711 }, "\(found)")
        }
        let resolver = NameResolver(eventLoop: Self.loop)
        let found = try await resolver.initiateAAAAQuery(host: "::1", port: 9).get()
        #expect(found.map(\.ipAddress) == ["::1"])
        await #expect(throws: UnknownHost.self) { try await find("no such name", by: .system) }
    }
}
