internal import ServerTesting

/// The ports of one node, all on loopback.
struct ListeningPorts: Sendable {
    let http: Int
    let operations: Int
    let link: Int
    let grpc: Int
    /// The AWS retail store's cart API.
    let retail: Int

    /// Ports that are free at the moment.
    static func free() throws -> ListeningPorts {
        ListeningPorts(
            http: try FreePort.find(),
            operations: try FreePort.find(),
            link: try FreePort.find(),
            grpc: try FreePort.find(),
            retail: try FreePort.find()
        )
    }

    /// The ports as command-line arguments of `cart-node`.
    var arguments: [String] {
        [
            "--http-port", "\(http)", "--ops-port", "\(operations)", "--link-port", "\(link)",
            "--grpc-port", "\(grpc)", "--retail-port", "\(retail)",
        ]
    }
}
