import RedisClient
import Testing

@testable import NodeConfiguration

/// Variables as other programs set them.
struct EnvironmentTests {
    private static let ports = SettingTable.all.map(\.environment).filter { $0.hasSuffix("_PORT") }

    @Test(arguments: ports + ["CART_PORT"])
    func `the address of a Kubernetes service is no port`(variable: String) throws {
        let settings = try #require(outcome([], [variable: "tcp://10.0.0.1:9090"]).settings)
        #expect(settings.warnings.isEmpty)
        #expect(settings.http.port == 8080 && settings.operations.port == 9090)
        #expect(settings.grpc.port == 7070 && settings.retail.port == nil)
        #expect(settings.link.listen.port == 7170)
        #expect(!outcome([], [variable: "http://x"]).complaint.isEmpty)
    }

    @Test func `there are five ports`() { #expect(Self.ports.count == 5) }

    @Test func `the other variables of a Kubernetes service are nobody's mistake`() throws {
        let environment = [
            "CART_OPS_PORT": "tcp://10.0.0.1:9090", "CART_OPS_PORT_9090_TCP": "tcp://10.0.0.1:9090",
            "CART_OPS_PORT_9090_TCP_ADDR": "10.0.0.1", "CART_OPS_PORT_9090_TCP_PORT": "9090",
            "CART_OPS_PORT_9090_TCP_PROTO": "tcp", "CART_OPS_SERVICE_HOST": "10.0.0.1",
            "CART_OPS_SERVICE_PORT": "9090", "CART_OPS_SERVICE_PORT_HTTP": "9090",
            "CART_SERVICE_HOST": "10.0.0.1", "CART_SERVICE_PORT": "7070", "CART_PORT_53_UDP_PROTO": "udp",
            "CART_PORT": "tcp://10.0.0.1:7070",
        ]
        #expect(try #require(outcome([], environment).settings).warnings == [])
    }

    @Test(arguments: [
        ("CART_LEASE_LENGHT", "; did you mean CART_LEASE_LENGTH?"),
        ("CART_REDIS_URL", "; did you mean REDIS_URL?"),
        ("CART_CLUSTERSECRET", "; did you mean CART_CLUSTER_SECRET?"),
        ("CART_HTTP_PORTS", "; did you mean CART_HTTP_PORT?"),
        ("CART_SOMETHING_ELSE_ENTIRELY", "has no effect"),
    ])
    func `an unknown variable is named, with the one that was meant`(
        variable: String,
        hint: String
    ) throws {
        let settings = try #require(outcome([], [variable: "hunter2", "CART_FAILPOINTS": "x"]).settings)
        let warning = try #require(settings.warnings.first)
        #expect(settings.warnings.count == 1)
        #expect(warning.hasPrefix("the variable \(variable) ") && warning.hasSuffix(hint), "\(warning)")
        #expect(!warning.contains("hunter2"))
    }

    @Test func `an empty variable, and one of another program, are not warned of`() throws {
        let environment = ["CART_NONSENSE": "", "PATH": "/bin", "CARTOON": "x", "XDG_STATE_HOME": "/s"]
        #expect(try #require(outcome([], environment).settings).warnings == [])
    }

    @Test(arguments: [["CART_CLUSTER_SECRET": "0123456789abcdef"], ["CART_LINK_ADVERTISE": "node-1:7170"]])
    func `an empty URL of Redis does not turn a cluster into nodes that are alone`(
        environment: [String: String]
    ) {
        for url in ["", "redis://shared"] {
            let result = outcome(
                url.isEmpty ? [] : ["--cluster-name", "x"],
                environment.merging(["REDIS_URL": url]) { $1 }
            )
            if url.isEmpty {
                #expect(result.complaint.hasPrefix("redis-url: missing or empty"), "\(result.complaint)")
            } else {
                #expect(!result.complaint.hasPrefix("redis-url"), "\(result.complaint)")
            }
        }
        #expect(outcome(["--single-node"], environment).settings != nil)
    }

    @Test func `a node that is alone may listen for others on every address`() throws {
        let settings = try #require(outcome([], ["CART_LINK_HOST": "0.0.0.0"]).settings)
        #expect(settings.link.advertised == "127.0.0.1:7170")
    }

    @Test(arguments: ["REDIS_ADDR", "VALKEY_ADDR", "REDIS_URL"])
    func `an address in StackExchange's form is understood, or told the form without its password`(
        variable: String
    ) throws {
        let good = "cache:6380,password=hunter2@x,ssl=true,abortConnect=false"
        let settings = try #require(outcome(["--single-node"], [variable: good]).settings)
        guard case .url(let server) = settings.redis.server else {
            Issue.record("an embedded Redis")
            return
        }
        #expect(server.address == .tcp(host: "cache", port: 6380))
        #expect(server.password?.revealed == "hunter2@x" && server.tls == RedisConfiguration.TLS())
        let bad = outcome(["--single-node"], [variable: "cache:6380,passwd=hunter2@x"]).complaint
        #expect(bad.contains("redis://user:password@host:port/db"), "\(bad)")
        #expect(!bad.contains("hunter2"), "\(bad)")
    }
}
