import Ownership
import RedisClient
import Testing

@testable import NodeConfiguration

struct PrecedenceTests {
    @Test func `no settings at all give a working single node`() throws {
        let settings = try #require(outcome().settings)
        #expect(settings.http.description == "127.0.0.1:8080")
        #expect(settings.operations.description == "127.0.0.1:9090")
        #expect(settings.link.advertised == "127.0.0.1:7170")
        #expect(settings.nodeName == "box-8080")
        #expect(settings.dataFolder == "/home/somebody/.local/state/cart-node")
        #expect(settings.redis.server == .embedded)
        #expect(settings.cluster.secret.revealed.count == 64)
        #expect(settings.lease.policy.length == .seconds(5))
    }

    @Test
    func `the command line overrides the environment, which overrides the file, which overrides the default`()
        throws
    {
        let scratch = try TemporaryFolder()
        let file = try scratch.file(
            "node.yaml",
            content: "http-port: 1001\nops-port: 1002\nlink-port: 1003\n"
        )
        let environment = ["CART_CONFIG": file, "CART_OPS_PORT": "2002", "CART_LINK_PORT": "2003"]
        let settings = try #require(outcome(["--link-port", "3003"], environment).settings)
        #expect(settings.http.port == 1001)
        #expect(settings.operations.port == 2002)
        #expect(settings.link.listen.port == 3003)
        #expect(settings.bodyLimit == 64 * 1024)
    }

    @Test(arguments: ["", "ops-"])
    func `a limit for one address above the limit for all is lowered, and both are named`(prefix: String)
        throws
    {
        let (all, one) = ("\(prefix)connections-limit", "\(prefix)connections-per-address")
        let settings = try #require(outcome(["--\(all)", "5", "--\(one)", "6"]).settings)
        let warning = try #require(settings.warnings.first)
        #expect(settings.warnings.count == 1)
        #expect(warning.contains("\(one) (6)") && warning.contains("\(all) (5)"), "\(warning)")
        #expect(settings.connections.clientsPerAddress <= settings.connections.clients)
        #expect(settings.connections.operationsPerAddress <= settings.connections.operations)
        let equal = try #require(outcome(["--\(all)", "5", "--\(one)", "5"]).settings)
        #expect(equal.warnings.isEmpty)
        // Nobody may have thought of the default.
        let alone = try #require(outcome(["--\(all)", "5"]).settings)
        #expect(alone.warnings.count == 1)
    }

    @Test func `an option may be joined to its value, and a variable may be empty`() throws {
        let settings = try #require(
            outcome(["--http-port=3001"], ["CART_HTTP_PORT": "x", "CART_OPS_PORT": ""]).settings
        )
        #expect(settings.http.port == 3001)
        #expect(settings.operations.port == 9090)
    }

    @Test(arguments: ["--single-node", "--single-node=true", "--single-node true"])
    func `a flag needs no value`(line: String) throws {
        let words = line.split(separator: " ").map(String.init) + ["--redis-url", "redis://somewhere"]
        let settings = try #require(outcome(words).settings)
        #expect(settings.cluster.isSingleNode)
        #expect(settings.cluster.secret.revealed.count == 64)
    }

    @Test(arguments: ["node.yaml", "node.yml", "node.json"])
    func `numbers, truth values and text may stand in a file of either kind`(name: String) throws {
        let scratch = try TemporaryFolder()
        let json = #"{"http-port": 1001, "single-node": true, "lease-length": "7s", "body-limit": "128KiB"}"#
        let yaml = "http-port: 1001\nsingle-node: true\nlease-length: 7s\nbody-limit: 128KiB\n"
        let file = try scratch.file(name, content: name.hasSuffix("json") ? json : yaml)
        let settings = try #require(outcome(["--config", file]).settings)
        #expect(settings.http.port == 1001)
        #expect(settings.cluster.isSingleNode)
        #expect(settings.lease.length == .seconds(7))
        #expect(settings.bodyLimit == 131_072)
    }

    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1:7170", ["--single-node", "--redis-url", "redis://somewhere"]),
        ("::", "[::1]:7170", ["--single-node", "--redis-url", "redis://somewhere"]),
        ("0.0.0.0", "127.0.0.1:7170", []),
    ])
    func `a node without others may listen for them everywhere`(
        host: String,
        advertised: String,
        further: [String]
    ) throws {
        let settings = try #require(outcome(["--link-host", host] + further).settings)
        #expect(settings.link.advertised == advertised)
    }

    @Test(arguments: [
        ([], "127.0.0.1:9090"),
        (["--ops-host", "10.0.0.1", "--ops-port", "99"], "10.0.0.1:99"),
        (["--ops-host", "0.0.0.0"], "127.0.0.1:9090"),
        (["--ops-host", "::", "--link-advertise", "[fd00::1]:7170"], "[fd00::1]:9090"),
        (["--ops-host", "0.0.0.0", "--link-advertise", "node-1:7170"], "node-1:9090"),
        (["--ops-advertise", "ops.example:80"], "ops.example:80"),
    ])
    func `others are told where the operations port is reached`(options: [String], address: String) throws {
        let common = ["--redis-url", "redis://x", "--single-node"]
        let settings = try #require(outcome(options + common).settings)
        #expect(settings.operationsAdvertised == address)
    }

    @Test func `only an embedded Redis needs a folder`() throws {
        let homeless = ["HOME": "", "XDG_STATE_HOME": "relative"]
        let complaint = outcome([], homeless).complaint
        #expect(complaint.contains("data-dir: missing"), "\(complaint)")
        let settings = try #require(
            outcome(["--single-node", "--redis-url", "redis://somewhere"], homeless).settings
        )
        #expect(settings.dataFolder.isEmpty)
    }

    @Test func `the Redis of a URL gets the time-outs that were set`() throws {
        let environment = [
            "REDIS_URL": "redis://:hidden@somewhere:6390/2", "CART_CLUSTER_SECRET": "0123456789abcdef",
        ]
        let settings = try #require(outcome(["--redis-command-timeout", "700ms"], environment).settings)
        var expected = RedisConfiguration(address: .tcp(host: "somewhere", port: 6390))
        expected.password = Secret("hidden")
        expected.database = 2
        expected.commandTimeout = .milliseconds(700)
        #expect(settings.redis.server == .url(expected))
    }

    @Test func `with sentinels a replica confirms heartbeats and the lease is longer, unless told otherwise`()
        throws
    {
        let environment = [
            "REDIS_URL": "redis+sentinel://:hidden@a,b,c/carts", "CART_CLUSTER_SECRET": "0123456789abcdef",
            "CART_SENTINEL_PASSWORD": "other",
        ]
        let settings = try #require(outcome(["--sentinel-user", "node"], environment).settings)
        #expect(settings.redis.replicas == 1 && settings.lease.length == .seconds(10))
        guard case .url(let server) = settings.redis.server else {
            Issue.record("not a Redis of others")
            return
        }
        #expect(server.sentinels?.user == "node" && server.sentinels?.password == Secret("other"))
        #expect(server.password == Secret("hidden"))
        let given = ["--redis-replicas", "2", "--lease-length", "5s"]
        let own = try #require(outcome(given, environment).settings)
        #expect(own.redis.replicas == 2 && own.lease.length == .seconds(5))
        let unsafe = ["--redis-replicas", "0"]
        #expect(outcome(unsafe, environment).complaint.hasPrefix("redis-replicas: does not fit"))
        #expect(outcome(unsafe + ["--unsafe-failover"], environment).settings?.redis.replicas == 0)
        let plain = environment.merging(["REDIS_URL": "redis://a"]) { $1 }
        let usual = try #require(outcome([], plain).settings)
        #expect(usual.redis.replicas == 0 && usual.lease.length == .seconds(5))
    }

    @Test func `with a Redis Cluster the lease is longer than a fail-over, unless told otherwise`() throws {
        let environment = [
            "REDIS_URL": "redis+cluster://:hidden@a,b,c", "CART_CLUSTER_SECRET": "0123456789abcdef",
        ]
        let settings = try #require(outcome([], environment).settings)
        #expect(settings.redis.isCluster && settings.redis.replicas == 0)
        #expect(settings.lease.length == .seconds(20))
        #expect(settings.shutdown.drainBudget >= (settings.lease.length + .seconds(7)) * 2)
        let own = try #require(outcome(["--lease-length", "8500ms"], environment).settings)
        #expect(own.lease.length == .milliseconds(8_500))
        let waiting = outcome(["--redis-replicas", "1"], environment).complaint
        #expect(waiting.hasPrefix("redis-replicas: does not fit"))
    }

    @Test func `what is given about sentinels and has no effect is named`() throws {
        func warnings(_ url: String, _ arguments: String...) throws -> [String] {
            let environment = ["REDIS_URL": url, "CART_CLUSTER_SECRET": "0123456789abcdef"]
            return try #require(outcome(arguments, environment).settings).warnings
        }
        let sentinels = "redis+sentinel://a,b,c/carts"
        #expect(try warnings(sentinels).isEmpty)
        #expect(try warnings("redis://a").isEmpty)
        let user = try warnings(sentinels, "--sentinel-user", "node")
        #expect(user.count == 1 && user[0].hasPrefix("sentinel-user has no effect without"), "\(user)")
        let idle = try warnings("redis://a", "--sentinel-user", "node", "--unsafe-failover")
        #expect(idle.count == 2, "\(idle)")
        #expect(idle.allSatisfy { $0.contains("has no effect: redis-url names no sentinels") }, "\(idle)")
    }

    @Test func `a Redis behind sentinels is the same one whatever the list of sentinels`() throws {
        func settings(_ url: String) throws -> NodeSettings {
            let environment = ["REDIS_URL": url, "CART_CLUSTER_SECRET": "0123456789abcdef"]
            return try #require(outcome([], environment).settings)
        }
        let one = try settings("redis+sentinel://u:p@a,b,c/carts/1")
        #expect(one.redisIdentity == "redis+sentinel://u:***@/carts/1")
        #expect(one.redisAddress == "redis+sentinel://u:***@a:26379,b:26379,c:26379/carts/1")
        #expect(try settings("rediss+sentinel://u:q@d,e/carts/1").redisIdentity == one.redisIdentity)
        for other in ["u:p@a,b,c/carts/2", "u:p@a,b,c/other/1", "v:p@a,b,c/carts/1"] {
            #expect(try settings("redis+sentinel://\(other)").redisIdentity != one.redisIdentity)
        }
    }

    @Test(arguments: ["REDIS_ADDR", "VALKEY_ADDR"])
    func `the demo shops' variables for Redis count where our own is not set`(variable: String)
        throws
    {
        let shared = ["CART_CLUSTER_SECRET": "0123456789abcdef", variable: "redis-cart:6379"]
        let theirs = try #require(outcome([], shared).settings)
        let expected = RedisConfiguration(address: .tcp(host: "redis-cart", port: 6379))
        guard case .url(let server) = theirs.redis.server else {
            Issue.record("not a Redis of others")
            return
        }
        #expect(server.address == expected.address)
        let both = shared.merging(["REDIS_URL": "redis://ours:1"]) { $1 }
        let ours = try #require(outcome([], both).settings)
        #expect(ours.redisIdentity.contains("ours:1"))
        #expect(
            try #require(outcome(["--redis-url", "redis://ours:2"], both).settings).redisIdentity.contains(
                "ours:2"
            )
        )
    }

    @Test func `two variables of demo shops for Redis may agree, and are refused where they differ`() {
        let secret = ["CART_CLUSTER_SECRET": "0123456789abcdef", "REDIS_ADDR": "a:1"]
        #expect(outcome([], secret.merging(["VALKEY_ADDR": "a:1"]) { $1 }).settings != nil)
        let complaint = outcome([], secret.merging(["VALKEY_ADDR": "b:1"]) { $1 }).complaint
        #expect(complaint.hasPrefix("redis-url: REDIS_ADDR and VALKEY_ADDR contradict each other"))
        // Nobody asks them where our own name is used.
        let own = secret.merging(["VALKEY_ADDR": "b:1", "REDIS_URL": "redis://c:1"]) { $1 }
        #expect(outcome([], own).settings != nil)
        #expect(outcome([], ["REDIS_ADDR": "nonsense:port"]).complaint.contains("in REDIS_ADDR"))
    }

    @Test func `CART_PORT sets the gRPC port, unless it is the address of a service`() throws {
        #expect(outcome().settings?.grpc.port == 7070)
        #expect(outcome([], ["CART_PORT": "7071"]).settings?.grpc.port == 7071)
        #expect(outcome([], ["CART_PORT": "7071", "CART_GRPC_PORT": "7072"]).settings?.grpc.port == 7072)
        #expect(outcome([], ["CART_PORT": "tcp://10.0.0.1:7070"]).settings?.grpc.port == 7070)
        #expect(
            outcome([], ["CART_PORT": "many"]).complaint.hasPrefix(
                "grpc-port: neither off nor a port, in CART_PORT"
            )
        )
    }

    @Test func `gRPC may be switched off, and the retail store's API is off unless it is switched on`() {
        #expect(outcome(["--grpc-port", "off"]).settings?.grpc.endpoint == nil)
        #expect(outcome().settings?.retail.endpoint == nil)
        #expect(
            outcome(["--retail-port", "8082"]).settings?.retail.endpoint?.description == "127.0.0.1:8082"
        )
        #expect(outcome(["--retail-port", "7070"]).complaint.hasPrefix("retail-port: does not fit"))
        #expect(
            outcome(["--retail-port", "9090", "--grpc-port", "off"]).complaint.hasPrefix(
                "ops-port: does not fit"
            )
        )
    }

    @Test func `the state folder of the machine is used where it is absolute`() throws {
        #expect(outcome([], ["XDG_STATE_HOME": "/state"]).settings?.dataFolder == "/state/cart-node")
        #expect(
            outcome([], ["XDG_STATE_HOME": "state"]).settings?.dataFolder
                == "/home/somebody/.local/state/cart-node"
        )
        #expect(outcome([], ["HOME": ""]).complaint.hasPrefix("data-dir: missing"))
    }
}
