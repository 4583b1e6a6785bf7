import RedisClient
import Testing

@testable import NodeConfiguration

struct SecretTests {
    @Test func `a secret is read from a file without the white space around it`() throws {
        let scratch = try TemporaryFolder()
        let secret = try scratch.file("secret", content: "  0123456789abcdef\n")
        let url = try scratch.file("url", content: "redis://:hidden@somewhere\n")
        let settings = try #require(
            outcome(["--redis-url-file", url], ["CART_CLUSTER_SECRET_FILE": secret]).settings
        )
        #expect(settings.cluster.secret.revealed == "0123456789abcdef")
        guard case .url(let server) = settings.redis.server else { throw Missing() }
        #expect(server.password?.revealed == "hidden")
        #expect(settings.redisIdentity == "redis://:***@somewhere:6379/0")
    }

    @Test func `a secret and its file are not both given`() throws {
        let scratch = try TemporaryFolder()
        let file = try scratch.file("secret", content: "0123456789abcdef")
        let complaint = outcome(["--cluster-secret-file", file], ["CART_CLUSTER_SECRET": "fedcba9876543210"])
            .complaint
        #expect(complaint.hasPrefix("cluster-secret: given twice, in CART_CLUSTER_SECRET and by a file"))
    }

    @Test(arguments: [
        ("a.yaml", "http-port: 1\ncluster-secret: \"hunter2\n", "line "),
        ("a.yaml", "cluster-secret: [hunter2\nhttp-port: 1\n", "line "),
        ("a.yaml", "redis-url: redis: //:hunter2@h\n", "line "),
        ("a.yaml", "hunter2: 1\nhunter2: 2\n", "YAML"),
        ("a.yaml", "\tcluster-secret: hunter2\n", "line "),
        ("a.yaml", "redis://:hunter2@h: 1\n", "redis…: unknown"),
        ("a.json", #"{"cluster-secret": "hunter2}"#, "JSON"),
        ("a.json", #"{"cluster-secret": hunter2}"#, "JSON"),
    ])
    func `an error in a file names the place and shows nothing of the file`(
        name: String,
        content: String,
        says: String
    ) throws {
        let scratch = try TemporaryFolder()
        let complaint = outcome(["--config", try scratch.file(name, content: content)]).complaint
        #expect(complaint.contains(says), "\(complaint)")
        #expect(!complaint.contains("hunter2"), "\(complaint)")
        #expect(!complaint.contains { $0.isNewline })
    }

    @Test func `the Redis of a file is read anew, and its errors show nothing of the file`() throws {
        let scratch = try TemporaryFolder()
        let url = try scratch.file("url", content: "redis://:hunter2@somewhere/3\n")
        let settings = try #require(outcome(["--redis-url-file", url, "--single-node"]).settings)
        guard case .url(let server) = settings.redis.server else { throw Missing() }
        #expect(server.serverFile == url && server.database == 3)
        let bad = try scratch.file("bad", content: "hunter2:x@y")
        let complaint = outcome(["--redis-url-file", bad]).complaint
        #expect(complaint.hasPrefix("redis-url-file: bad Redis URL"), "\(complaint)")
        #expect(!complaint.contains("hunter2"))
    }

    @Test func `no message and no dump shows a secret`() throws {
        let scratch = try TemporaryFolder()
        let bad = try scratch.file("bad", content: "hunter2")
        let yaml = try scratch.file("node.yaml", content: "cluster-secret: [hunter2]\n")
        let lines = [
            ["--cluster-secret", "hunter2"], ["--redis-url", "hunter2://x:hunter2@y"],
            ["--cluster-secret-file", bad],
            ["--redis-url-file", bad], ["--config", yaml],
        ]
        for line in lines {
            let complaint = outcome(line).complaint
            #expect(!complaint.isEmpty)
            #expect(!complaint.contains("hunter2"), "\(complaint)")
        }
        let settings = outcome([
            "--redis-url", "redis://:hunter2@y", "--cluster-secret", "hunter2hunter2hunter2",
        ]).settings
        #expect(!"\(try #require(settings))".contains("hunter2"))
    }

    @Test func `a generated secret is different each time`() throws {
        let first = try #require(outcome().settings).cluster.secret.revealed
        let second = try #require(outcome().settings).cluster.secret.revealed
        #expect(first != second)
    }

    struct Missing: Error {}
}
