import RedisClient
import Testing

@testable import NodeConfiguration

/// The commands that ask a running node.
struct ConsoleTests {
    private func command(
        _ arguments: [String],
        _ environment: [String: String] = [:]
    ) throws(BadSetting) -> ConsoleCommand? {
        guard case .console(let command, _) = try invoke(arguments, environment) else { return nil }
        return command
    }

    @Test func `the node of the settings is asked unless another is named`() throws {
        #expect(try command(["status"])?.address == "127.0.0.1:9090")
        #expect(try command(["status", "--ops-port", "9191"])?.address == "127.0.0.1:9191")
        let pod = ["CART_OPS_HOST": "0.0.0.0", "CART_OPS_PORT": "7000", "CART_LIVE_CARTS_LIMIT": "1"]
        #expect(try command(["status"], pod)?.address == "127.0.0.1:7000")
        #expect(try command(["status"], ["CART_OPS_HOST": "::"])?.address == "[::1]:9090")
        #expect(try command(["where", "a"], ["CART_OPS_HOST": "node"])?.address == "node:9090")
        #expect(try command(["status", "b:1", "--ops-port", "2"])?.address == "b:1")
        #expect(try command(["where", "a", "b:1"])?.address == "b:1")
    }

    @Test func `flags may stand anywhere behind the words`() throws {
        let watch = try command(["status", "--watch", "--ops-host", "h", "--json"])
        #expect(watch?.watches == true && watch?.asJSON == true && watch?.address == "h:9090")
        let place = try command(["where", "my-cart", "--json"])
        #expect(place?.id == "my-cart" && place?.asJSON == true && place?.watches == false)
    }

    @Test func `the token comes from where a node has it, and other settings need not be whole`() throws {
        for arguments in [["status"], ["where", "a"]] {
            let invocation = try invoke(
                arguments,
                ["CART_OPS_TOKEN": "sixteen-letters!", "REDIS_URL": "redis://r"]
            )
            guard case .console(_, let settings) = invocation else {
                Issue.record("\(invocation)")
                continue
            }
            #expect(settings.opsToken.revealed == "sixteen-letters!")
        }
    }

    @Test(arguments: [
        (["where"], "where: no cart"), (["where", "--json"], "where: no cart"),
        (["where", "a", "b", "c"], "where: too many words"),
        (["status", "a", "b"], "status: too many words"),
        (["where", "a", "--watch"], "watch: unknown"), (["status", "--wach"], "wach: unknown"),
        (["status", "--json=1"], "json: unknown"),
    ])
    func `what is typed wrongly is named`(_ arguments: [String], _ beginning: String) {
        let complaint = outcome(arguments).complaint
        #expect(complaint.hasPrefix(beginning), "\(complaint)")
    }

    @Test func `help is there for each command`() {
        for arguments in [["status", "--help"], ["where", "-h"]] {
            #expect(outcome(arguments).complaint.contains("cart-node where ID"))
        }
    }
}
