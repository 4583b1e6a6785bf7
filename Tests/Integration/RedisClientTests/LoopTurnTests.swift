import Logging
import MetricReadings
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import RedisClient

/// The turns of a client's event loop, one by one: on a loop that a test runs by hand.
@Suite struct LoopTurnTests {
    /// A connected client, and the calls that a test makes.
    private final class Fixture {
        let loop = EmbeddedEventLoop()
        let channel: EmbeddedChannel
        let client: RedisClient
        var log: [String] = []
        private let script = RedisScript(name: "echo", source: "return ARGV[1]")

        init() throws {
            client = RedisClient(
                configuration: RedisConfiguration(address: .tcp(host: "nowhere", port: 1)),
                eventLoop: loop,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let connection = RedisConnection(of: client)
            let handler = RedisChannelHandler(connection: connection, replyByteLimit: 1 << 20)
            channel = EmbeddedChannel(handler: handler, loop: loop)
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/nowhere"), promise: nil)
            client.begin()
            client.didConnect(connection)
        }

        func call(_ name: String, then next: String? = nil) {
            client.call(Call(name, of: script, at: self, next: next))
            log.append("\(name) returned")
        }

        /// The bytes of each write of this turn of the loop.
        func writes() throws -> [String] {
            loop.run()
            var writes: [String] = []
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
                writes.append(String(buffer: bytes))
            }
            return writes
        }

        func counts() -> RedisCommandCounts? {
            let told = Mutex<RedisCommandCounts?>(nil)
            client.askCommandCounts { counts in told.withLock { $0 = counts } }
            loop.run()
            return told.withLock { $0 }
        }

        func reply(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }
    }

    private final class Call: RedisLoopCall {
        let script: RedisScript
        let keyCount = 0
        let wordCount = 1
        private let name: String
        private let fixture: Fixture
        private let next: String?

        init(_ name: String, of script: RedisScript, at fixture: Fixture, next: String?) {
            self.name = name
            self.script = script
            self.fixture = fixture
            self.next = next
        }

        func append(to command: inout RedisCommandWriter) { command.append(name) }

        func received(_ outcome: Result<RedisValue, RedisError>) {
            switch outcome {
            case .success(let value): fixture.log.append("\(name) = \((try? value.string) ?? "?")")
            case .failure(let error): fixture.log.append("\(name) failed: \(error)")
            }
            if let next { fixture.call(next) }
        }
    }

    /// The names of the calls in a write.
    private func names(_ write: String) -> [Substring] {
        write.split(separator: "*").compactMap { $0.split(separator: "\r\n").last }
    }

    @Test func `nothing leaves before the turn ends, and then all in one write`() throws {
        let fixture = try Fixture()
        for name in ["a", "b", "c"] { fixture.call(name) }
        #expect(try fixture.channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(try fixture.writes().map(names) == [["a", "b", "c"]])
        fixture.call("d")
        #expect(try fixture.writes().map(names) == [["d"]])
        #expect(try fixture.writes().isEmpty)
    }

    @Test func `outcomes come in the turn of their replies, and what they call for leaves in one write`()
        throws
    {
        let fixture = try Fixture()
        for name in ["a", "b", "c"] { fixture.call(name, then: name + name) }
        _ = try fixture.writes()
        fixture.log = []
        try fixture.reply("+1\r\n+2\r\n+3")
        #expect(fixture.log == ["a = 1", "aa returned", "b = 2", "bb returned"])
        #expect(try fixture.writes().map(names) == [["aa", "bb"]])
        try fixture.reply("\r\n+4\r\n")
        #expect(fixture.log.suffix(3) == ["c = 3", "cc returned", "aa = 4"])
        #expect(try fixture.writes().map(names) == [["cc"]])
    }

    @Test func `a socket that takes nothing holds back the calls, and gets them all in one write`() throws {
        let fixture = try Fixture()
        fixture.channel.isWritable = false
        fixture.call("a")
        #expect(try fixture.writes().isEmpty)
        fixture.call("b")
        #expect(try fixture.writes().isEmpty)
        fixture.channel.isWritable = true
        fixture.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try fixture.writes().map(names) == [["a", "b"]])
        fixture.call("c")
        #expect(try fixture.writes().map(names) == [["c"]])
    }

    @Test func `commands are counted by their script, those in flight and those that failed too`() throws {
        let fixture = try Fixture()
        for name in ["a", "b", "c"] { fixture.call(name) }
        _ = try fixture.writes()
        #expect(fixture.counts()?.inFlight == 3)
        try fixture.reply("+1\r\n+2\r\n")
        let counts = try #require(fixture.counts())
        #expect(counts.inFlight == 1 && counts.failed == 0)
        #expect(counts.durations.map(\.script) == [nil, "echo"])
        #expect(counts.durations.map(\.durations.count) == [0, 2])
        // Not the time since the epoch of the clock, nor that to the deadline.
        #expect(counts.durations[1].durations.nanoseconds < 1_000_000_000)
        fixture.channel.pipeline.fireChannelInactive()
        #expect(fixture.counts()?.failed == 1)
        #expect(fixture.counts()?.inFlight == 0)
    }

    @Test func `a script that is missing is loaded and run in one write, before later calls`() throws {
        let fixture = try Fixture()
        fixture.call("a")
        _ = try fixture.writes()
        try fixture.reply("-NOSCRIPT No matching script\r\n")
        fixture.call("b")
        let writes = try fixture.writes()
        #expect(writes.map(names) == [["return ARGV[1]", "a", "b"]])
        #expect(writes.first?.contains("\r\nSCRIPT\r\n$4\r\nLOAD\r\n") == true)
        try fixture.reply("$1\r\nx\r\n+1\r\n+2\r\n")
        #expect(fixture.log == ["a returned", "b returned", "a = 1", "b = 2"])
    }

    @Test func `a script that is missing after every load is given up, with the reason of the last one`()
        throws
    {
        let fixture = try Fixture()
        fixture.call("a")
        _ = try fixture.writes()
        try fixture.reply("-NOSCRIPT none\r\n")
        for _ in 0..<4 {
            #expect(try fixture.writes().map(names) == [["return ARGV[1]", "a"]])
            try fixture.reply("$1\r\nx\r\n-NOSCRIPT none\r\n")
        }
        #expect(try fixture.writes().map(names) == [["return ARGV[1]"]])
        try fixture.reply("-ERR too long\r\n")
        #expect(fixture.log.count == 2 && fixture.log.last?.contains("ERR too long") == true)
        #expect(try fixture.writes().isEmpty)
    }

    @Test
    func `a lost connection tells each call once whether it was sent, and calls out of that fail later`()
        throws
    {
        let fixture = try Fixture()
        fixture.call("sent")
        _ = try fixture.writes()
        fixture.call("unsent", then: "next")
        fixture.log = []
        fixture.channel.pipeline.fireChannelInactive()
        let reason = "the server closed the connection"
        #expect(
            fixture.log == [
                "sent failed: connection lost: \(reason)", "unsent failed: not connected: \(reason)",
                "next returned",
            ]
        )
        fixture.call("late")
        #expect(try fixture.writes().isEmpty)
        #expect(
            fixture.log.dropFirst(3) == [
                "late returned", "next failed: not connected: \(reason)",
                "late failed: not connected: \(reason)",
            ]
        )
    }

    @Test func `a reply that ends the connection reaches its call before those that wait learn of the end`()
        throws
    {
        let fixture = try Fixture()
        for name in ["a", "b"] { fixture.call(name) }
        _ = try fixture.writes()
        fixture.log = []
        try fixture.reply("-READONLY You can't write against a read only replica.\r\n")
        #expect(fixture.log.count == 2)
        #expect(fixture.log.first?.hasPrefix("a failed: READONLY") == true)
        #expect(
            fixture.log.last?.hasPrefix("b failed: connection lost: the server answered READONLY") == true
        )
        #expect(!fixture.client.isConnected)
    }
}
