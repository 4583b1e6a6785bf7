import LogEvents
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Timing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What this node proves itself with, and whom it trusts, when the link is encrypted: a certificate with its
/// key, and the authorities of the cluster, in files. They are read anew for each connection, so that they can be
/// replaced while the node runs.
package final class LinkCredentials: Sendable {
    /// The paths of the files, all in PEM.
    package struct Files: Sendable, Equatable {
        /// This node's certificate, and the intermediate ones up to an authority.
        package let certificate: String
        package let key: String
        /// The authorities of which a peer's certificate must be.
        package let authorities: String

        package init(certificate: String, key: String, authorities: String) {
            self.certificate = certificate
            self.key = key
            self.authorities = authorities
        }
    }

    /// What the files hold.
    private struct Contents: Equatable {
        let certificate: [UInt8]
        let key: [UInt8]
        let authorities: [UInt8]
    }

    /// The settings of both sides of a connection.
    struct Contexts {
        let client: NIOSSLContext
        let server: NIOSSLContext
    }

    private let files: Files
    private let used: Mutex<(contents: Contents, contexts: Contexts)>
    private let logThrottle = LogThrottle(interval: .seconds(10))

    /// Reads the files.
    ///
    /// - Throws: `LinkConfigurationError.unusableFile`.
    package init(_ files: Files) throws(LinkConfigurationError) {
        let contents = try Self.read(files)
        self.files = files
        used = Mutex((contents, try Self.contexts(contents, of: files)))
    }

    /// The settings that follow from the files as they are now; those that were used last if the files cannot be
    /// used now.
    func current(_ logger: Logger) -> Contexts {
        do throws(LinkConfigurationError) {
            let contents = try Self.read(files)
            if let same = used.withLock({ $0.contents == contents ? $0.contexts : nil }) { return same }
            let fresh = try Self.contexts(contents, of: files)
            used.withLock { $0 = (contents, fresh) }
            logger.event(.linkCertificatesRead)
            return fresh
        } catch {
            logger.event(.linkCertificatesUnusable, limitedBy: logThrottle, ["reason": "\(error)"])
            return used.withLock { $0.contexts }
        }
    }

    private static func read(_ files: Files) throws(LinkConfigurationError) -> Contents {
        Contents(
            certificate: try read(files.certificate),
            key: try read(files.key),
            authorities: try read(files.authorities)
        )
    }

    private static func read(_ path: String) throws(LinkConfigurationError) -> [UInt8] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw .unusableFile(path: path, reason: "there is no such file, or it cannot be read")
        }
        return [UInt8](bytes)
    }

    private static func contexts(
        _ contents: Contents,
        of files: Files
    ) throws(LinkConfigurationError) -> Contexts {
        let chain = try using(files.certificate) { try NIOSSLCertificate.fromPEMBytes(contents.certificate) }
        let key = try using(files.key) { try NIOSSLPrivateKey(bytes: contents.key, format: .pem) }
        let roots = try using(files.authorities) {
            try NIOSSLCertificate.fromPEMBytes(contents.authorities)
        }
        let server = configuration(
            .makeServerConfigurationWithMTLS(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key),
                trustRoots: .certificates(roots)
            )
        )
        var client = configuration(.makeClientConfiguration())
        client.certificateChain = chain.map { .certificate($0) }
        client.privateKey = .privateKey(key)
        client.trustRoots = .certificates(roots)
        // Addresses change, and no name is asked for: any certificate of the cluster's authorities will do.
        client.certificateVerification = .noHostnameVerification
        let clientConfiguration = client
        return try using(files.certificate) {
            Contexts(
                client: try NIOSSLContext(configuration: clientConfiguration),
                server: try NIOSSLContext(configuration: server)
            )
        }
    }

    private static func configuration(_ base: TLSConfiguration) -> TLSConfiguration {
        var configuration = base
        configuration.minimumTLSVersion = .tlsv13
        // An unresponsive peer does not close TLS in order either.
        configuration.shutdownTimeout = .milliseconds(100)
        return configuration
    }

    /// Names the file in an error.
    private static func using<Value>(
        _ path: String,
        _ body: () throws -> Value
    ) throws(LinkConfigurationError) -> Value {
        do {
            return try body()
        } catch {
            throw .unusableFile(path: path, reason: "\(error)")
        }
    }

    /// True for an error of encryption that is more than the end of a connection.
    static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.uncleanShutdown: false
        case NIOSSLError.handshakeFailed(.sslError(let causes)): causes != [.eofDuringHandshake]
        case is NIOSSLError, is BoringSSLError: true
        default: false
        }
    }

    /// An error of a connection in words.
    static func describe(_ error: any Error) -> String {
        if let fault = error as? PeerFault { return fault.text }
        if case NIOSSLError.uncleanShutdown = error { return "the peer closed the connection" }
        let text = "\(error)"
        if text.contains("WRONG_VERSION_NUMBER") {
            return "the peer does not speak TLS, and this node was given a link-tls-cert"
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the peer's certificate is of no authority in link-tls-ca, or not valid now (\(text))"
        }
        if text.contains("NO_CERTIFICATE") || text.contains("DID_NOT_RETURN") {
            return "the peer has no certificate (\(text))"
        }
        if text.contains("ALERT") { return "the peer refused this node's certificate (\(text))" }
        return text
    }
}
