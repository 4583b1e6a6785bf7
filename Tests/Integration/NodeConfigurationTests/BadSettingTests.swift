import Testing

@testable import NodeConfiguration

struct BadSettingTests {
    /// Command lines, and the parts of the messages that they must cause.
    static let complaints: [(line: String, says: [String])] = [
        ("--http-prot 1", ["http-prot: unknown, in the command line", "did you mean http-port?"]),
        ("--colour red", ["colour: unknown"]),
        ("http-port 1", ["http-port: not an option"]),
        ("--redis-url:redis://:hunter2@h", ["redis-url…: unknown, in the command line"]),
        ("redis://:hunter2@h", ["redis…: not an option"]),
        ("--http-port 1 2", ["2: not an option"]),
        ("--http-port", ["http-port: no value"]),
        ("--http-port --ops-port 1", ["http-port: no value"]),
        ("--http-port 1 --http-port 2", ["http-port: given twice"]),
        (
            "--http-port 0",
            ["http-port: out of range, in --http-port (got \"0\", expected a whole number in 1…65535)"]
        ),
        ("--http-port 8o80", ["http-port: not a whole number", "got \"8o80\""]),
        ("--http-port -1", ["http-port: not a whole number"]),
        ("--http-port 99999999999999999999", ["http-port: out of range"]),
        ("--http-port=", ["http-port: not a whole number", "got \"\""]),
        ("--lease-length 5", ["lease-length: not a duration with a unit"]),
        ("--lease-length 1h", ["lease-length: out of range", "expected a duration in 200ms…5m"]),
        ("--body-limit 64kb", ["body-limit: not a size"]),
        ("--http-host a,b", ["http-host: not a host name or an address", "got \"a,b\""]),
        ("--node-name a/b", ["node-name: not a plain word"]),
        ("--cluster-name {x}", ["cluster-name: not a plain word"]),
        ("--cors-origins *", ["cors-origins: * does not begin with https:// or http://"]),
        ("--cors-origins null", ["cors-origins: null does not begin with"]),
        ("--cors-origins https://a.example/", ["cors-origins: https://a.example/ is more than a scheme"]),
        ("--cors-origins https://*.a.example", ["cors-origins: https://*.a.example is more than"]),
        ("--cors-origins https://A.example", ["cors-origins: https://A.example has capital letters"]),
        ("--cors-origins http://a:80", ["cors-origins: http://a:80 names the default port"]),
        ("--cors-origins http://a:x", ["cors-origins: http://a:x has no port"]),
        ("--cors-origins https://", ["cors-origins: https:// has no host name"]),
        ("--log-level loud", ["log-level: not one of those", "trace, debug, info"]),
        ("--single-node=maybe", ["single-node: neither true nor false"]),
        ("--link-advertise somewhere", ["link-advertise: no port in it"]),
        ("--link-advertise somewhere:0", ["link-advertise: not a port"]),
        ("--link-advertise some/where:1", ["link-advertise: not a host name"]),
        ("--link-host 0.0.0.0 --redis-url redis://x", ["link-advertise: missing"]),
        (
            "--link-tls-cert a.pem --link-tls-ca ca.pem",
            ["link-tls-key: missing, although link-tls-cert is given"]
        ),
        ("--link-tls-key a.key", ["link-tls-cert: missing, although link-tls-key is given"]),
        ("--link-tls-cert=", ["link-tls-cert: not a path"]),
        ("--redis-url http://x", ["redis-url: bad Redis URL: it must begin with redis://"]),
        (
            "--redis-url redis+cluster://x,y --redis-replicas 1 --cluster-secret 0123456789abcdef",
            ["redis-replicas: does not fit"]
        ),
        ("--redis-url redis://x", ["cluster-secret: missing"]),
        ("--redis-replicas 1", ["redis-replicas: does not fit", "the embedded Redis has no replicas"]),
        (
            "--cluster-secret 0123456789abcdef",
            ["redis-url: missing or empty, although cluster-secret says that there are other nodes"]
        ),
        (
            "--link-advertise here:7170",
            ["redis-url: missing or empty, although link-advertise says that there are other nodes"]
        ),
        ("--cluster-secret short", ["cluster-secret: too short or too long"]),
        ("--cluster-secret-file /does/not/exist", ["cluster-secret-file: the file cannot be read"]),
        ("--config /does/not/exist.yaml", ["config: the file cannot be read"]),
        (
            "--lease-margin 5s",
            ["lease-margin: does not fit (got \"5s\", expected less than lease-length, which is 5s)"]
        ),
        ("--heartbeat-interval 4500ms", ["heartbeat-interval: does not fit"]),
        ("--redis-command-timeout 10s", ["redis-command-timeout: does not fit"]),
        (
            "--idle-timeout 2m --retention 1m",
            ["retention: does not fit (got \"1m\", expected at least twice idle-timeout"]
        ),
        ("--lame-duck 25s", ["lame-duck: does not fit"]),
        ("--batch-limit 2 --mailbox-limit 1", ["batch-limit: does not fit"]),
        (
            "--prices trusted",
            ["prices: does not fit (got \"trusted\", expected any, because without a trusted-token"]
        ),
        ("--prices mine", ["prices: not one of those"]),
        ("--http-port 9090", ["ops-port: does not fit (got \"9090\", expected another than http-port)"]),
        ("--link-port 8080 --http-host 0.0.0.0", ["link-port: does not fit"]),
    ]

    @Test(arguments: complaints)
    func `a bad command line is refused in one line that says why`(line: String, says: [String]) {
        let complaint = outcome(line.split(separator: " ").map(String.init)).complaint
        for part in says { #expect(complaint.contains(part), "\(complaint)") }
        #expect(!complaint.contains { $0.isNewline })
        #expect(!complaint.contains("hunter2"))
    }

    @Test(arguments: [
        ("a.yaml", "http-prot: 1\n", "http-prot: unknown, in "),
        ("a.yaml", "http:\n  port: 1\n", "did you mean http-port?"),
        ("a.json", #"{"httpport": 1}"#, "did you mean http-port?"),
        ("a.json", #"{"http-port": 1.5}"#, "http-port: not a whole number"),
        ("a.json", #"{"http-port": [1]}"#, "http-port: not a plain value"),
        ("a.yaml", "http-port: [1]\n", "http-port: not a plain value"),
        ("a.json", "{", "config: "),
        ("a.yaml", "- 1\n", "config: "),
        ("a.yaml", "a: b: c: [\n", "config: "),
        ("a.toml", "", "config: unknown kind of file"),
        ("a.yaml", "config: b.yaml\n", "config: unknown"),
    ])
    func `a bad file is refused in one line that says why`(
        name: String,
        content: String,
        says: String
    ) throws {
        let scratch = try TemporaryFolder()
        let complaint = outcome(["--config", try scratch.file(name, content: content)]).complaint
        #expect(complaint.contains(says), "\(complaint)")
        #expect(!complaint.contains { $0.isNewline })
    }

    @Test func `a message shows a wrong value as one short line of printable text`() {
        let complaint = outcome(["--http-port=1\n\u{1b}[31m\(String(repeating: "x", count: 10_000))"])
            .complaint
        #expect(complaint.count < 300)
        #expect(!complaint.unicodeScalars.contains { $0.value < 32 })
    }

    @Test func `help and version win over everything else`() {
        #expect(outcome(["--nonsense", "--help"]).complaint.contains("usage: cart-node"))
        #expect(outcome(["-h"]).complaint.contains("--lease-length VALUE"))
        #expect(outcome(["--version"]).complaint.hasPrefix("cart-node 0."))
    }
}
