import CartWorkload
import ClusterTesting
import Foundation
import Subprocess
import Testing

extension FailoverTests {
    /// Nodes whose link is encrypted.
    @Suite struct LinkEncryptionTests {
        @Test func `nodes with certificates, made as the handbook says, forward to each other`() async throws
        {
            let folder = NSTemporaryDirectory() + "cart-link-\(UInt32.random(in: 0...UInt32.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer {
                do {
                    try FileManager.default.removeItem(atPath: folder)
                } catch {
                    print("not removed: \(folder)")
                }
            }
            try await Self.makeCertificates(in: folder)
            var options = Cluster.Options()
            options.nodes = 2
            options.settings = [
                "--link-tls-cert", "\(folder)/node-1.pem", "--link-tls-key", "\(folder)/node-1.key",
                "--link-tls-ca", "\(folder)/ca.pem",
            ]
            try await Cluster.with(options) { cluster in
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.addEventually(0, at: 0, within: .seconds(5))
                    let forwarded = await traffic.look(0, at: 1)
                    #expect(forwarded.owner == cluster.nodes[0].name && forwarded.isDecided, "\(forwarded)")
                    try await traffic.recovered()
                }
                #expect(checkResult.holds, "\(checkResult)")
                for node in cluster.nodes { #expect(!node.log.contains("connection to a peer failed")) }
            }
        }

        /// The commands of docs/operating.md.
        private static func makeCertificates(in folder: String) async throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
            let handbook = try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
            let commands = handbook.components(separatedBy: "```sh\n")
                .first { $0.hasPrefix("openssl req") }?
                .prefix { $0 != "`" }
                .split(separator: "\n")
                .filter { !$0.hasPrefix("cart-node") }
                .joined(separator: "\n")
            let script = try #require(commands)
            let result = try await Subprocess.run(
                .name("sh"),
                arguments: ["-e", "-c", "cd '\(folder)'\n\(script)"],
                output: .discarded,
                error: .string(limit: 64 * 1_024)
            )
            #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        }
    }
}
