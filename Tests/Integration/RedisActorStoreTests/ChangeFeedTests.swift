import ActorRuntime
import Logging
import NIOPosix
import Ownership
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// Notifications of commits through a real Redis.
@Suite struct ChangeFeedTests {
    private func withFeed(
        _ fixture: RedisStoreFixture,
        database: Int = 0,
        limit: Int = 100,
        interval: Duration = .seconds(60),
        _ body: (RedisChangeFeed) async throws -> Void
    ) async throws {
        var configuration = RedisConfiguration(address: .unix(path: fixture.server.socketPath))
        configuration.database = database
        configuration.backoffMinimum = .milliseconds(5)
        configuration.backoffMaximum = .milliseconds(50)
        let feed = RedisChangeFeed(
            configuration: configuration,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            limit: limit,
            interval: interval,
            random: { .random(in: .min ... .max) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { try await feed.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(feed))
        } catch {
            result = .failure(error)
        }
        running.cancel()
        try await running.value
        try result.get()
    }

    @Test func `a commit is told to the listeners of its actor, and a reconnect tells all to look`()
        async throws
    {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                try await withFeed(fixture) { feed in
                    var news = try #require(feed.notifications(of: cart)).makeAsyncIterator()
                    var others = try #require(feed.notifications(of: ActorID("c-2"))).makeAsyncIterator()
                    // The subscription is established.
                    #expect(await news.next() == .look)
                    #expect(await others.next() == .look)
                    var at = try await fixture.take()
                    for number in 1...3 as ClosedRange<UInt64> {
                        #expect(try await fixture.commit(at, as: "c\(number)", to: 1) == .committed)
                        #expect(await news.next() == .committed(SequenceNumber(number)))
                        at.sequence = at.sequence.next
                    }
                    // The other actor has no commit: its next notification is about the connection.
                    _ = try await fixture.client.send("CLIENT", ["KILL", "TYPE", "pubsub"])
                    #expect(await others.next() == .look)
                    #expect(await news.next() == .look)
                    #expect(try await fixture.commit(at, as: "c4", to: 1) == .committed)
                    var last = await news.next()
                    if last == .look { last = await news.next() }
                    #expect(last == .committed(SequenceNumber(4)))
                }
            }
        }
    }

    @Test func `clusters of one name in two databases of one Redis do not hear each other`() async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { here in
                try await RedisStoreFixture.with(server, database: 3) { there in
                    try await withFeed(here) { feedHere in
                        try await withFeed(there, database: 3) { feedThere in
                            var newsHere = try #require(feedHere.notifications(of: cart)).makeAsyncIterator()
                            var newsThere = try #require(feedThere.notifications(of: cart))
                                .makeAsyncIterator()
                            #expect(await newsHere.next() == .look)
                            #expect(await newsThere.next() == .look)
                            let channels = try await here.client.send("PUBSUB", ["CHANNELS"]).array
                            #expect(channels.count == 2, "\(channels)")
                            let (ours, theirs) = (try await here.take(), try await there.take())
                            #expect(try await here.commit(ours, as: "o", to: 1) == .committed)
                            #expect(await newsHere.next() == .committed(SequenceNumber(1)))
                            #expect(try await there.commit(theirs, as: "t", to: 1) == .committed)
                            #expect(await newsThere.next() == .committed(SequenceNumber(1)))
                        }
                    }
                }
            }
        }
    }

    @Test func `the feed subscribes to no more channels than have listeners`() async throws {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                try await withFeed(fixture) { feed in
                    var (first, second) = (feed.notifications(of: cart), feed.notifications(of: cart))
                    var news = try #require(first).makeAsyncIterator()
                    #expect(await news.next() == .look)
                    #expect(try await subscribers(fixture) == 1)
                    first = nil
                    second = nil
                    _ = second
                    _ = consume news
                    let patience = ContinuousClock.now + .seconds(20)
                    while try await subscribers(fixture) > 0, .now < patience { await Task.yield() }
                    #expect(try await subscribers(fixture) == 0)
                }
            }
        }
    }

    private func subscribers(_ fixture: RedisStoreFixture) async throws -> Int {
        let reply = try await fixture.client.send("PUBSUB", ["NUMSUB", .string(fixture.key(cart))]).array
        guard reply.count == 2, case .integer(let count) = reply[1] else {
            throw Unexpected(what: "\(reply)")
        }
        return Int(count)
    }

    @Test func `listeners are bounded, told now and then that a while has passed, and end with the feed`()
        async throws
    {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server) { fixture in
                try await withFeed(fixture, limit: 1, interval: .milliseconds(5)) { feed in
                    var news = try #require(feed.notifications(of: cart)).makeAsyncIterator()
                    #expect(feed.notifications(of: cart) == nil)
                    // A turn may come before the subscription.
                    var (looks, turns) = (0, 0)
                    while looks < 1 || turns < 5 {
                        switch try #require(await news.next()) {
                        case .look: looks += 1
                        case .idle: turns += 1
                        case .committed: Issue.record("nobody committed")
                        }
                    }
                    feed.close()
                    while await news.next() != nil {}
                    #expect(feed.notifications(of: cart) == nil)
                }
            }
        }
    }
}
