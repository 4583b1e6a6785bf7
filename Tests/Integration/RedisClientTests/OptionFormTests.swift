import Testing

@testable import RedisClient

/// Addresses of servers that are no URLs.
@Suite struct OptionFormTests {
    @Test func `the options of StackExchange mean the same as a URL`() throws {
        let pairs = [
            ("cache:6380", "redis://cache:6380"),
            ("host:6379,password=p@ss,ssl=true", "rediss://:p%40ss@host:6379"),
            (
                "host:6379,ssl=False,abortConnect=false,connectRetry=30,password=a=b://c,defaultDatabase=3",
                "redis://:a%3Db%3A%2F%2Fc@host/3"
            ),
            ("host, User=u ,PassWord=p, name=n1", "redis://u:p@host?name=n1"),
            ("[::1]:7000,allowAdmin=true", "redis://[::1]:7000"),
            ("host:6379,password=", "redis://host"),
            ("redis://:x@host/1", "redis://:x@host/1"),
            ("unix:///s?password=a,b=c", "unix:///s?password=a,b=c"),
        ]
        for (text, url) in pairs {
            #expect(try RedisConfiguration(server: text) == RedisConfiguration(url: url), "\(text)")
        }
    }

    @Test(
        arguments: [
            ("", .scheme), ("host", .scheme), ("hunter2", .scheme), ("user:hunter2@host:6379", .scheme),
            ("a:1,b:2", .severalServers), ("host:6379,password=a,hunter2", .severalServers),
            ("host:6379,passwort=hunter2", .option), ("host:6379,ssl=hunter2", .option),
            ("host:6379,serviceName=mymaster", .sentinel), ("host:6379,user=u", .identity),
            ("host:hunter2,ssl=true", .port), ("host,defaultDatabase=x", .database),
            ("host,password=a,password=b", .duplicate("password")), ("password=hunter2", .scheme),
        ] as [(String, RedisURLError)]
    )
    func `an address that is not understood is told the form to use, without its content`(
        text: String,
        error: RedisURLError
    ) {
        #expect(throws: error) { try RedisConfiguration(server: text) }
        #expect(!"\(error)".contains("hunter2"))
    }
}
