import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Testing

@testable import OTLPExport

@Suite(.timeLimit(.minutes(1))) struct EncryptedExportTests {
    @Test func `a collector that does not end its connection holds up neither a batch nor the end`()
        async throws
    {
        try await DeafCollector.with { collector in
            let pipeline = try Pipeline(
                port: collector.port,
                variables: [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://127.0.0.1:\(collector.port)",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE": collector.authorities,
                ]
            )
            let clock = ContinuousClock()
            let took = await clock.measure {
                await pipeline.run(flushLimit: .seconds(2)) {
                    for count in 1...3 {
                        pipeline.record()
                        await pipeline.until { $0.counts.exported == UInt64(count) }
                    }
                    pipeline.record()
                }
            }
            #expect(pipeline.exporter.counts.exported == 4)
            // Each of the four connections would take NIO's own limit of five seconds.
            #expect(took < .seconds(10), "\(took)")
        }
    }
}

/// A collector behind TLS that answers each request, and then does not read any more: so it does not see that the
/// other side ends the connection, and does not end its own.
private struct DeafCollector {
    let port: Int
    /// The file of the certificate, which signs itself.
    let authorities: String

    static func with(_ body: (DeafCollector) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cart-otlp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result: Result<Void, any Error>
        do {
            try await with(in: folder.path, body)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try FileManager.default.removeItem(at: folder)
        try result.get()
    }

    private static func with(in folder: String, _ body: (DeafCollector) async throws -> Void) async throws {
        let (certificate, key) = ("\(folder)/c.pem", "\(folder)/c.key")
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=collector", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", key, "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        let encryption = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))
            )
        )
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: encryption))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Answerer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do {
            let port = try #require(server.localAddress?.port)
            result = .success(try await body(DeafCollector(port: port, authorities: certificate)))
        } catch {
            result = .failure(error)
        }
        try await server.close()
        try result.get()
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            do {
                try context.channel.syncOptions?.setOption(.autoRead, value: false)
            } catch {
                context.fireErrorCaught(error)
            }
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
