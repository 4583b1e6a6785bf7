import Foundation
import Testing

@testable import OperatorConsole

/// What is said of a cart, and addresses of nodes.
@Suite struct WhereTests {
    private static func finding(_ json: String) throws -> WhereCommand.Finding {
        try JSONDecoder().decode(WhereCommand.Finding.self, from: Data(json.utf8))
    }

    @Test(arguments: [
        (#""record":null,"owner":null"#, "Redis has no such cart", 66),
        (#""record":{"version":3},"owner":null"#, "nobody owns it", 1),
        (
            #""record":{"version":3},"owner":{"session":"5f","name":"n1","condition":"alive"}"#,
            "on n1, the node that was asked", 0
        ),
        (
            #""record":{"version":3},"owner":{"session":"5f","name":"n2","condition":"alive"}"#,
            "on n2; session 5f; version 3", 0
        ),
        (
            #""record":{"version":0},"owner":{"session":"5f","name":"n2","condition":"draining"}"#,
            "about to release it; session 5f; nothing", 0
        ),
        (
            #""record":{},"owner":{"session":"5f","name":"n2","condition":"silent"}"#,
            "last on n2, which sends no heartbeats", 1
        ),
        (
            #""record":{"version":3},"owner":{"session":"5f","name":null,"condition":"unknown"}"#,
            "which is gone", 1
        ),
        (
            #""record":{"version":3},"owner":{"session":"5f","condition":"dead"}"#,
            "a node that n1 does not know", 1
        ),
    ])
    func `a sentence says on which node a cart is, and the exit code whether one has it`(
        _ json: String,
        _ part: String,
        _ exitCode: Int32
    ) throws {
        let found = WhereCommand.sentence(
            try Self.finding(#"{"id":"a","seenBy":"n1","more":1,"# + json + "}")
        )
        #expect(found.text.hasPrefix("a: ") && found.text.contains(part), "\(found.text)")
        #expect(found.exitCode == exitCode)
    }

    @Test func `addresses have a host and a port, and nothing else`() throws {
        for (address, host, port) in [
            ("a:1", "a", 1), ("[::1]:9090", "::1", 9_090), ("10.0.0.1:65535", "10.0.0.1", 65_535),
        ] {
            let parts = try #require(OperationsClient.parts(of: address))
            #expect(parts.host == host && parts.port == port)
        }
        for bad in ["", "a", "a:", ":1", "a:0", "a:65536", "a:b", "a:-1"] {
            #expect(OperationsClient.parts(of: bad) == nil, "\(bad)")
        }
    }

    @Test func `the token is for the address that the operator named, and for no other`() {
        let client = OperationsClient(token: "secret", for: "n1:9090") { "pass for \($0)" }
        #expect(client.authorization(at: "n1:9090") == "Bearer secret")
        for address in ["n2:9090", "N1:9090", "n1:9091", "n1:9090 ", ""] {
            #expect(client.authorization(at: address) == "Bearer pass for \(address)")
        }
        let open = OperationsClient(token: "", for: "n1:9090") { _ in nil }
        #expect(open.authorization(at: "n1:9090") == nil && open.authorization(at: "n2:9090") == nil)
    }

    @Test func `nobody at an address is a failure with its reason`() async {
        let failure = await #expect(throws: ConsoleFailure.self) {
            let client = OperationsClient(token: "", for: "127.0.0.1:1") { _ in nil }
            _ = try await StatusCommand(client, address: "127.0.0.1:1", asJSON: false)
                .text(on: Terminal(columns: nil, rows: nil, hasColour: false, isScreen: false))
        }
        #expect(failure?.exitCode == 69)
        #expect(failure?.description == "no answer of a node at 127.0.0.1:1: Connection refused")
    }
}
