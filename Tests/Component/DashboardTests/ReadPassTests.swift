import Testing

@testable import CartNode

/// What reads another node's operations port in place of the token.
@Suite struct ReadPassTests {
    @Test func `a pass is an HMAC of its address under the token`() throws {
        // printf %s MESSAGE | openssl dgst -sha256 -hmac TOKEN -binary | base64
        let passes = try #require(ReadPasses(token: "sixteen-letters!"))
        #expect(passes.pass(at: "10.0.0.7:9090") == "UnFqNIsdPb0w/6F9d9WU/mz+rpBhi7AgWWa4SQUf9Z8=")
    }

    @Test func `each address and each token has a pass of its own, which does not hold the token`() throws {
        let token = "the-operators-token"
        let (one, two) = (
            try #require(ReadPasses(token: token)), try #require(ReadPasses(token: token + "2"))
        )
        let addresses = ["10.0.0.7:9090", "10.0.0.7:9091", "node-1:9090"]
        let passes = addresses.map { one.pass(at: $0) } + addresses.map { two.pass(at: $0) }
        #expect(Set(passes).count == passes.count)
        #expect(passes.allSatisfy { !$0.contains(token) })
        #expect(one.authorization(at: "node-1:9090") == "Bearer \(one.pass(at: "node-1:9090"))")
    }

    @Test func `without a token there is no pass`() {
        #expect(ReadPasses(token: "") == nil)
    }
}
