import NodeConfiguration
import RedisClient
import Testing

/// The command line of the doctor.
@Suite struct DoctorRequestTests {
    private func request(_ arguments: String..., environment: [String: String] = [:]) throws -> DoctorRequest
    {
        guard case .examine(let request) = try invoke(["doctor"] + arguments, environment) else {
            throw BadSetting("doctor", problem: "was not understood")
        }
        return request
    }

    @Test func `it takes the settings of a node, and needs no secret`() throws {
        let asked = try request("--redis-url", "redis://redis:6379", "--json", "--lease-length", "7s")
        #expect(asked.isJSON)
        #expect(asked.refusal == nil)
        #expect(asked.settings.lease.length == .seconds(7))
        #expect(try !request().isJSON)
        #expect(try request().settings.redis.server == .embedded)
    }

    @Test func `settings that a node would refuse are examined, and the reason is kept`() throws {
        let asked = try request("--redis-url", "redis://redis:6379", "--lease-margin", "6s")
        #expect(asked.refusal?.name == "lease-margin")
        #expect(asked.settings.lease.margin == .seconds(6))
        let alone = try request(environment: ["CART_CLUSTER_SECRET": "0123456789abcdef"])
        #expect(alone.refusal?.name == "redis-url")
        #expect(alone.settings.dataFolder == "/home/somebody/.local/state/cart-node")
    }

    @Test func `values that cannot be read are refused`() throws {
        #expect(throws: BadSetting.self) { try request("--lease-length", "seven") }
        #expect(throws: BadSetting.self) { try request("--no-such-option") }
        #expect(throws: BadSetting.self) { try request("stray") }
        // It is no option of the node itself.
        #expect(throws: BadSetting.self) { try invoke(["--json"]) }
    }

    @Test func `a variable without effect is among the warnings`() throws {
        #expect(try request(environment: ["CART_LEASE_LENGHT": "5s"]).settings.warnings.count == 1)
    }
}
