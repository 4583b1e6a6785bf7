import Testing

@testable import RedisClient

@Suite struct RedisURLTests {
    private static func expected(
        _ address: RedisConfiguration.Address,
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) -> RedisConfiguration {
        var configuration = RedisConfiguration(address: address)
        change(&configuration)
        return configuration
    }

    private static func sentinels(_ name: String, _ seeds: (String, Int)...) -> RedisConfiguration.Address {
        .sentinels(SentinelGroup(primary: name, seeds: seeds.map { ServerAddress(host: $0.0, port: $0.1) }))
    }

    private static func cluster(_ seeds: (String, Int)...) -> RedisConfiguration.Address {
        .cluster(ClusterSeeds(seeds.map { ServerAddress(host: $0.0, port: $0.1) }))
    }

    static let good: [(String, RedisConfiguration)] = [
        (
            "redis+cluster://h1:7000,h2,[::1]:7001",
            expected(cluster(("h1", 7_000), ("h2", 6_379), ("::1", 7_001)))
        ),
        ("redis+cluster://h/", expected(cluster(("h", 6_379)))),
        ("redis+cluster://h/0?db=0&name=n", expected(cluster(("h", 6_379))) { $0.clientName = "n" }),
        (
            "rediss+cluster://u:p@h,i?tlsname=redis.example&verify=certificate",
            expected(cluster(("h", 6_379), ("i", 6_379))) {
                $0.user = "u"
                $0.password = Secret("p")
                $0.tls = .init(verification: .certificate, serverName: "redis.example")
            }
        ),
        ("redis://cache", expected(.tcp(host: "cache", port: 6379))),
        ("redis://cache/", expected(.tcp(host: "cache", port: 6379))),
        ("redis://10.0.0.1:7000/3", expected(.tcp(host: "10.0.0.1", port: 7000)) { $0.database = 3 }),
        ("redis://[::1]:7000", expected(.tcp(host: "::1", port: 7000))),
        ("redis://[::1]?db=2", expected(.tcp(host: "::1", port: 6379)) { $0.database = 2 }),
        ("redis://:p@h", expected(.tcp(host: "h", port: 6379)) { $0.password = Secret("p") }),
        ("redis://:@h", expected(.tcp(host: "h", port: 6379))),
        (
            "redis://u:a%40b%3Ac%2f%25@h:1/0",
            expected(.tcp(host: "h", port: 1)) {
                $0.user = "u"
                $0.password = Secret("a@b:c/%")
            }
        ),
        (
            "redis://u:with:colon@h",
            expected(.tcp(host: "h", port: 6379)) {
                $0.user = "u"
                $0.password = Secret("with:colon")
            }
        ),
        ("rediss://h", expected(.tcp(host: "h", port: 6379)) { $0.tls = .init() }),
        (
            "rediss://h?ca=/a%20b.pem&verify=certificate&name=n1",
            expected(.tcp(host: "h", port: 6379)) {
                $0.tls = .init(verification: .certificate, authorities: "/a b.pem")
                $0.clientName = "n1"
            }
        ),
        (
            "rediss://h?cacert=/a.pem&key=/k.pem&cert=/c.pem",
            expected(.tcp(host: "h", port: 6379)) {
                $0.tls = .init(
                    authorities: "/a.pem",
                    clientCertificate: .init(chain: "/c.pem", key: "/k.pem")
                )
            }
        ),
        (
            "rediss://h?verify=none",
            expected(.tcp(host: "h", port: 6379)) { $0.tls = .init(verification: .none) }
        ),
        ("unix:///run/redis.sock", expected(.unix(path: "/run/redis.sock"))),
        (
            "redis+sentinel://h1,h2:7000,[::1]/carts",
            expected(sentinels("carts", ("h1", 26_379), ("h2", 7_000), ("::1", 26_379)))
        ),
        ("redis+sentinel://h/my-master/", expected(sentinels("my-master", ("h", 26_379)))),
        (
            "redis+sentinel://u:p%2Cq@h:1,i:2/carts/3?name=n",
            expected(sentinels("carts", ("h", 1), ("i", 2))) {
                $0.user = "u"
                $0.password = Secret("p,q")
                $0.database = 3
                $0.clientName = "n"
            }
        ),
        (
            "rediss+sentinel://h/carts?cacert=/a.pem&tlsname=redis.example",
            expected(sentinels("carts", ("h", 26_379))) {
                $0.tls = .init(authorities: "/a.pem", serverName: "redis.example")
            }
        ),
        (
            "unix:///run/r%20s.sock?db=1&user=u&password=p%26q",
            expected(.unix(path: "/run/r s.sock")) {
                $0.database = 1
                $0.user = "u"
                $0.password = Secret("p&q")
            }
        ),
    ]

    @Test(arguments: good)
    func `a good URL says everything`(url: String, configuration: RedisConfiguration) throws {
        #expect(try RedisConfiguration(url: url) == configuration)
    }

    @Test(
        arguments: [
            ("", .scheme), ("http://h", .scheme), ("h:6379", .scheme), ("redis:/h", .scheme),
            ("redis://", .host), ("redis://:6379", .host), ("redis://::1", .host), ("redis://[::1", .host),
            ("redis://[h]", .host), ("redis://[::1]x", .host), ("redis://%00", .host),
            ("redis://h:", .port), ("redis://h:0", .port), ("redis://h:65536", .port),
            ("redis://h:+1", .port),
            ("redis://h:-1", .port), ("redis://h:x", .port),
            ("redis://h/x", .database), ("redis://h/-1", .database), ("redis://h/+1", .database),
            ("redis://h/0/1", .database),
            ("redis://h/99999999999999999999", .database), ("redis://h?db=", .database),
            ("redis://secret@h", .identity), ("redis://a:b@c@h", .identity), ("unix:///s?user=u", .identity),
            ("redis://:%4@h", .percentEncoding), ("redis://:%zz@h", .percentEncoding),
            ("redis://:%ff@h", .percentEncoding),
            ("redis://h#x", .percentEncoding),
            ("redis://h?x=1", .parameter), ("redis://h?db", .parameter),
            ("redis://h/1?db=2", .duplicate("db")), ("redis://:a@h?password=b", .duplicate("password")),
            ("redis://h?name=a&name=b", .duplicate("name")),
            ("redis://h?cert=/c&key=/k", .tlsWithoutScheme), ("rediss://h?cert=/c", .halfCertificate),
            ("rediss://h?key=/k", .halfCertificate), ("rediss://h?ca=/x&cacert=/x", .duplicate("cacert")),
            ("redis://h?ca=/x", .tlsWithoutScheme), ("unix:///s?verify=none", .tlsWithoutScheme),
            ("rediss://h?verify=maybe", .verification),
            ("redis+sentinel://\((1...17).map { "h\($0)" }.joined(separator: ","))/carts", .sentinelCount),
            ("redis+cluster://h/1", .clusterDatabase), ("redis+cluster://h?db=1", .clusterDatabase),
            ("redis+cluster://h/0/1", .database), ("redis+cluster://h/name", .database),
            ("redis+cluster://", .host), ("redis+cluster://h,", .host), ("redis+cluster://h,i:x", .port),
            ("redis+cluster://h,h:6379", .duplicate("node")), ("redis+cluster://secret@h", .identity),
            ("redis+cluster://h?tlsname=x", .tlsWithoutScheme), ("redis+cluster://h?colour=x", .parameter),
            ("redis+cluster://\((1...17).map { "h\($0)" }.joined(separator: ","))", .seedCount),
            ("redis+sentinel://h", .sentinelName), ("redis+sentinel://h/", .sentinelName),
            ("redis+sentinel://h//0", .sentinelName), ("redis+sentinel://h/a%20b", .sentinelName),
            ("redis+sentinel://h/%00", .sentinelName), ("redis+sentinel:///carts", .host),
            ("redis+sentinel://h,/carts", .host), ("redis+sentinel://h,,i/carts", .host),
            ("redis+sentinel://h,h:26379/carts", .duplicate("sentinel")),
            ("redis+sentinel://h,i:0/carts", .port), ("redis+sentinel://h/carts/x", .database),
            ("redis+sentinel://h/carts/0/1", .database), ("redis+sentinel://secret@h/carts", .identity),
            ("redis+sentinel://h/carts/1?db=2", .duplicate("db")),
            ("redis+sentinel://h/carts?tlsname=x", .tlsWithoutScheme),
            ("rediss+sentinel://h/carts?tlsname=", .host), ("redis+sentinels://h/carts", .scheme),
            ("unix://", .path), ("unix:///", .path), ("unix://relative", .path), ("unix:///a%00b", .path),
        ] as [(String, RedisURLError)]
    )
    func `a bad URL is told what is wrong with it`(url: String, error: RedisURLError) {
        #expect(throws: error) { try RedisConfiguration(url: url) }
    }

    @Test(arguments: [
        "redis://:hunter2@h:1/2", "redis://hunter2@h", "redis://:hunter2/x@h", "redis://:hunter2?@h",
        "redis://:hunter2#@h",
        "redis://u:%hunter2@h", "redis://h?password=hunter2&x=1", "unix:///s?password=hunter2",
        "redis://u:hunter2@h:x",
        "hunter2://h", "redis://h:hunter2", "redis+sentinel://u:hunter2@h,i/carts/1",
        "redis+sentinel://:hunter2@h/carts/x", "redis+sentinel://:hunter2@h,/carts",
    ])
    func `neither a configuration nor an error shows a password`(url: String) {
        var shown = ""
        do throws(RedisURLError) {
            let configuration = try RedisConfiguration(url: url)
            dump(configuration, to: &shown)
            shown += "\(configuration) \(String(reflecting: configuration)) "
            shown += String(describing: configuration.password)
        } catch {
            dump(error, to: &shown)
            shown += "\(error) \(String(reflecting: error))"
        }
        #expect(!shown.contains("hunter2"))
    }
}
