internal import Synchronization

/// A primary, two replicas, and three sentinels that watch them, for one test: all of them processes on 127.0.0.1.
///
/// The sentinels call a server down after two seconds of silence: a busy machine keeps a healthy one waiting for one.
/// An election that fails there is repeated after four.
package final class RedisFailoverGroup: Sendable {
    /// The name under which the sentinels watch the primary.
    package static let name = "carts"
    private static let replicaCount = 2
    private static let sentinels = 3

    /// The first is the primary at the beginning.
    package let servers: [RedisServerFixture]
    package let sentinels: [RedisServerFixture]
    private let present: Mutex<Int>

    private init(servers: [RedisServerFixture], sentinels: [RedisServerFixture]) {
        self.servers = servers
        self.sentinels = sentinels
        present = Mutex(0)
    }

    /// The server that was the primary when somebody last waited for that.
    package var primary: RedisServerFixture { servers[present.withLock { $0 }] }

    /// The servers that were not the primary then.
    package var replicas: [RedisServerFixture] { servers.filter { $0 !== primary } }

    /// The URL by which a node finds the primary.
    package var url: String { Self.url(ports: sentinels.compactMap(\.port)) }

    /// The URL of sentinels at these ports.
    package static func url(ports: [Int]) -> String {
        "redis+sentinel://\(ports.map { "127.0.0.1:\($0)" }.joined(separator: ","))/\(name)"
    }

    /// Runs `body` with a group in which everybody knows everybody.
    ///
    /// - Parameters:
    ///   - settings: of the servers, as on the command line.
    ///   - replicaSettings: further ones, of the first and the second replica.
    package static func with<Value>(
        settings: [String] = [],
        replicaSettings: [[String]] = [],
        _ body: (RedisFailoverGroup) async throws -> Value
    ) async throws -> Value {
        var options = RedisServerFixture.Options(
            // Replicas must not wait for others before they get their first copy.
            settings: ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"] + settings
        )
        options.listensOnTCP = true
        return try await RedisServerFixture.with(options) { primary in
            guard let port = primary.port else { throw failure("the primary has no port") }
            options.settings += ["--replicaof", "127.0.0.1", "\(port)"]
            let replicas = (0..<replicaCount).map { number in
                var replica = options
                if replicaSettings.indices.contains(number) { replica.settings += replicaSettings[number] }
                return replica
            }
            return try await RedisServerFixture.with(replicas) { replicas in
                try await wait("the replicas follow") { follow(primary) }
                let sentinel = sentinelOptions(watching: port)
                let three = [RedisServerFixture.Options](repeating: sentinel, count: Self.sentinels)
                return try await RedisServerFixture.with(three) { sentinels in
                    let group = RedisFailoverGroup(servers: [primary] + replicas, sentinels: sentinels)
                    try await wait("the sentinels know each other") { group.isComplete }
                    return try await body(group)
                }
            }
        }
    }

    private static func sentinelOptions(watching port: Int) -> RedisServerFixture.Options {
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
        options.sentinel = [
            "sentinel monitor \(name) 127.0.0.1 \(port) 2", "sentinel down-after-milliseconds \(name) 2000",
            // The promoted replica has to tell of its role in this time, and is asked once a second.
            "sentinel failover-timeout \(name) 2000", "sentinel parallel-syncs \(name) 1",
        ]
        return options
    }

    private static func follow(_ primary: RedisServerFixture) -> Bool {
        let info = primary.command("INFO", "replication")
        return (0..<replicaCount).allSatisfy { number in
            info.split(separator: "\r\n").contains {
                $0.hasPrefix("slave\(number):") && $0.contains("state=online")
            }
        }
    }

    private var isComplete: Bool {
        sentinels.allSatisfy { sentinel in
            let fields = sentinel.command("SENTINEL", "MASTER", Self.name).split(separator: "\r\n")
            func value(of name: Substring) -> Substring? {
                fields.firstIndex(of: name).flatMap { fields.indices.contains($0 + 2) ? fields[$0 + 2] : nil }
            }
            return value(of: "num-other-sentinels") == "\(Self.sentinels - 1)"
                && value(of: "num-slaves") == "\(Self.replicaCount)"
        }
    }

    /// Waits until a majority of the sentinels names another primary than before, which is `primary` from then on.
    ///
    /// - Throws: `Failure` after 60 s.
    package func switched() async throws {
        try await Self.wait("the sentinels name another primary") {
            guard let port = agreedPort, let number = servers.firstIndex(where: { $0.port == port }) else {
                return false
            }
            return present.withLock { present in
                defer { present = number }
                return present != number
            }
        }
    }

    /// The port of the primary that a majority of the sentinels names.
    private var agreedPort: Int? {
        var voices: [Int: Int] = [:]
        for sentinel in sentinels {
            let reply = sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.name)
            guard let port = reply.split(separator: "\r\n").last.flatMap({ Int($0) }) else { continue }
            voices[port, default: 0] += 1
        }
        return voices.first { $0.value > Self.sentinels / 2 }?.key
    }

    /// Has the sentinels notice within a second or so what servers say of themselves: their roles and replicas. They ask
    /// every ten seconds otherwise.
    package func lookOften() {
        for sentinel in sentinels { sentinel.command("SENTINEL", "DEBUG", "INFO-PERIOD", "300") }
    }

    /// Has the sentinels make a replica the primary, though nothing is wrong.
    package func failOver() {
        sentinels.first?.command("SENTINEL", "FAILOVER", Self.name)
    }

    private static func wait(_ condition: String, _ holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !holds() {
            guard ContinuousClock.now < deadline else { throw failure("not within 60 s: \(condition)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func failure(_ description: String) -> RedisServerFixture.Failure {
        RedisServerFixture.Failure(description: description)
    }
}

extension RedisServerFixture {
    /// Runs `body` with several servers that answer.
    package static func with<Value>(
        _ options: [Options],
        _ body: ([RedisServerFixture]) async throws -> Value
    ) async throws -> Value {
        guard let first = options.first else { return try await body([]) }
        return try await with(first) { server in
            try await with(Array(options.dropFirst())) { try await body([server] + $0) }
        }
    }
}
