import Foundation
import LogEvents
import Logging
import Testing
import Timing

@testable import LogOutput

/// What reaches the log of a node, from its own code and from libraries.
@Suite struct NodeLogTests {
    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The lines that a body logs.
    private func lines(
        namingActors: Bool = false,
        level: Logger.Level = .info,
        _ body: (Logger, NodeLogHandler.Shared) -> Void
    ) throws -> [[String: Any]] {
        let pipe = Pipe()
        let log = NodeLogHandler.Shared(
            to: pipe.fileHandleForWriting.fileDescriptor,
            as: .json,
            node: "n-1",
            namesActors: namingActors
        )
        var logger = Logger(label: "test") { _ in NodeLogHandler(log) }
        logger.logLevel = level
        body(logger, log)
        log.writer.close(within: .seconds(10))
        try pipe.fileHandleForWriting.close()
        return try pipe.fileHandleForReading.readDataToEndOfFile().split(separator: UInt8(ascii: "\n")).map {
            try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any])
        }
    }

    @Test func `a line has time, level, event, message, node, and the session once there is one`() throws {
        let lines = try lines { logger, log in
            logger.event(.redisConnected, ["server": "unix:///r"])
            log.session = "5f"
            logger.event(.sessionActorsDropped, ["actors": .number(3)])
            logger.event(.sessionOver, ["session": "4e"])
            logger.event(.peerSilent, ["peer": "n-2"])
        }
        #expect(
            lines.map { $0["event"] as? String } == [
                "redis.connected", "session.actors-dropped", "session.over",
            ]
        )
        #expect(lines.map { $0["session"] as? String } == [nil, "5f", "4e"])
        #expect(lines.allSatisfy { $0["node"] as? String == "n-1" && $0["message"] is String })
        let time = try #require(lines[0]["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(lines[1]["actors"] as? Int == 3)
        #expect((lines[2]["message"] as? String)?.hasPrefix("session over") == true)
    }

    @Test func `a line names no actor unless the operator asks for it`() throws {
        let log: (Logger, NodeLogHandler.Shared) -> Void = { logger, _ in
            logger.event(.actorUnreadable, ["actor": "my-cart", "cause": "actor my-cart: bad field"])
            logger.event(.redisDisconnected, ["reason": "no permission for 'cart:{other}' and shop:{x}"])
        }
        let hidden = try lines(log)
        #expect(hidden[0]["actor"] == nil)
        #expect(hidden[0]["cause"] as? String == "actor …: bad field")
        #expect(hidden[1]["reason"] as? String == "no permission for 'cart:{…}' and shop:{…}")
        let shown = try lines(namingActors: true, log)
        #expect(shown[0]["actor"] as? String == "my-cart")
        #expect(shown[0]["cause"] as? String == "actor my-cart: bad field")
        #expect(shown[1]["reason"] as? String == "no permission for 'cart:{other}' and shop:{x}")
    }

    @Test func `a password in an address is not logged, whoever says it`() throws {
        let lines = try lines { logger, _ in
            logger.event(.nodeStarts, ["redis": "redis://me:hunter2@host:6379/0 http://a/b@c"])
            logger.warning(
                "cannot reach rediss://:hunter2@h",
                metadata: ["url": "x://u:hunter2@h?a=http://b"]
            )
        }
        #expect(lines[0]["redis"] as? String == "redis://…@host:6379/0 http://a/b@c")
        #expect(lines[1]["message"] as? String == "cannot reach rediss://…@h")
        #expect(lines[1]["url"] as? String == "x://…@h?a=http://b")
    }

    @Test func `a library's line is an event too, with its source, its error, and a limit`() throws {
        let lines = try lines { logger, _ in
            for _ in 0..<100 { logger.error("Server channel error", error: Failure(description: "why")) }
            logger.error("another")
            for _ in 0..<3 { logger.info("Server started") }
        }
        #expect(
            lines.map { $0["message"] as? String } == [
                "Server channel error", "another", "Server started", "Server started", "Server started",
            ]
        )
        #expect(lines.allSatisfy { $0["event"] as? String == "library.message" && $0["source"] is String })
        #expect(lines[0]["cause"] as? String == "why")
    }

    @Test func `a trace that a provider knows stands in the line`() throws {
        let pipe = Pipe()
        let log = NodeLogHandler.Shared(
            to: pipe.fileHandleForWriting.fileDescriptor,
            as: .text,
            node: "n-1",
            namesActors: false
        )
        let provider = Logger.MetadataProvider { ["trace_id": "4bf9", "span_id": "00f0"] }
        Logger(label: "test") { _ in NodeLogHandler(log, metadataProvider: provider) }
            .event(.redisFit, ["durability": "x"])
        log.close()
        try pipe.fileHandleForWriting.close()
        let line = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(
            line.hasSuffix(
                " notice redis.fit: Redis is fit node=n-1 trace_id=4bf9 span_id=00f0 durability=x\n"
            )
        )
    }

    @Test func `repeated lines are counted, and the next one says how many there were`() throws {
        let throttle = LogThrottle(interval: .seconds(10))
        let start = ContinuousClock.now
        let lines = try lines { logger, _ in
            for milliseconds in [0, 1, 9_999, 10_000, 10_001, 25_000] {
                logger.event(.peerRefused, limitedBy: throttle, now: start + .milliseconds(milliseconds))
            }
            logger.event(.peerRefused, limitedBy: throttle, key: "another", now: start)
        }
        #expect(lines.map { $0["suppressed"] as? Int } == [0, 2, 1, 0])
    }

    @Test func `a throttle bounds the keys that it tells apart`() {
        let throttle = LogThrottle(interval: .seconds(1))
        let start = ContinuousClock.now
        let admitted = (0..<1_000).count { throttle.admit("key \($0)", now: start) != nil }
        #expect(admitted == 65)
        // Those that are over make room.
        #expect(throttle.admit("new", now: start + .seconds(2)) == 0)
        #expect(throttle.admit("newer", now: start + .seconds(2)) == 0)
    }
}
