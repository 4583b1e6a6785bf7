package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Asks other nodes for their reports, over their operations ports: one request on a connection of its own.
package struct PeerReports: Sendable {
    /// The largest answer that is read, bytes.
    static let answerLimit = 256 * 1024

    private let group: any EventLoopGroup
    private let authorization: @Sendable (_ address: String) -> String?

    /// - Parameter authorization: the field of that name for the port at an address; nil for none. Whoever can
    ///   write to Redis may have chosen the address.
    package init(
        on group: any EventLoopGroup,
        authorization: @escaping @Sendable (_ address: String) -> String? = { _ in nil }
    ) {
        self.group = group
        self.authorization = authorization
    }

    /// The report of the node whose operations port has this address; nil if it has none in time.
    package func report(at text: String) async -> NodeReport? {
        guard let address = PortAddress(text) else { return nil }
        let authorization = authorization(text)
        return await timelyAnswer {
            do {
                return try await ask(address, showing: authorization)
            } catch {
                // It is away, or no node: the membership says more about that than an error could.
                return nil
            }
        }
    }

    private func ask(_ address: PortAddress, showing authorization: String?) async throws -> NodeReport? {
        let channel = try await ClientBootstrap(group: group)
            .connectTimeout(.milliseconds(500))
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(request(to: address, showing: authorization)))
            try await outbound.write(.end(nil))
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let head): guard head.status == .ok else { return nil }
                case .body(var bytes):
                    guard body.readableBytes + bytes.readableBytes <= Self.answerLimit else { return nil }
                    body.writeBuffer(&bytes)
                case .end:
                    return try JSONDecoder().decode(NodeReport.self, from: Data(body.readableBytesView))
                }
            }
            return nil
        }
    }

    private func request(to address: PortAddress, showing authorization: String?) -> HTTPRequestHead {
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        var headers: HTTPHeaders = ["Host": "\(host):\(address.port)", "Connection": "close"]
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: "/snapshot", headers: headers)
    }
}
