import ClusterTesting
import Foundation
import Testing

/// A call of the OpenTelemetry demo's clients, by Debian's gRPC for Python: this target has no client of gRPC.
enum DemoShopCall {
    /// `AddItemRequest` of one cart with two of one product.
    private static let program = #"""
        import sys, grpc
        request = b"\x0a\x01u\x12\x07\x0a\x03tea\x10\x02"
        with grpc.insecure_channel(sys.argv[1]) as channel:
            channel.unary_unary("/oteldemo.CartService/AddItem")(request, timeout=20, wait_for_ready=True)
        """#

    static func addItem(at node: NodeProcess, in folder: String) async throws {
        let log = "\(folder)/\(UUID().uuidString).log"
        let child = try ChildProcess(
            program: "/usr/bin/python3",
            arguments: ["-c", program, "127.0.0.1:\(node.grpcPort)"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            log: log
        )
        var end: ChildProcess.ExitStatus?
        try await eventually(within: .seconds(30), "the call ended") {
            end = child.collect()
            return end != nil
        }
        let output = try String(contentsOfFile: log, encoding: .utf8)
        #expect(end == .exited(0), "\(output)")
    }
}
