import NIOCore

/// Recognises by its first bytes what a peer speaks that does not speak the link's protocol as this node does, so
/// that the log names the cause.
enum ForeignProtocol {
    private static let http2 =
        "it speaks HTTP/2, as the link of former builds did: until it is replaced the two cannot forward to each other"
    private static let encrypted = "it speaks TLS, and this node was given no link-tls-cert"
    private static let plain = "it does not speak TLS, and this node was given a link-tls-cert"
    private static let tlsHandshake: UInt8 = 22
    private static let tlsAlert: UInt8 = 21

    /// A client's protocol, as its server sees it; nil for ours, and while too little has arrived.
    static func ofClient(_ bytes: ByteBuffer) -> PeerFault? {
        guard let start = bytes.getBytes(at: bytes.readerIndex, length: 4) else { return nil }
        if start == Array("PRI ".utf8) { return .foreign(http2) }
        if start[0] == tlsHandshake, start[1] == 3 { return .foreign(encrypted) }
        return nil
    }

    /// The protocol of a client that has to encrypt, as its server sees it.
    static func ofEncryptingClient(_ bytes: ByteBuffer) -> PeerFault? {
        let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self)
        if first == tlsHandshake { return nil }
        return ofClient(bytes) ?? .foreign(plain)
    }

    /// A server's protocol, as its client sees it; nil for ours, and while too little has arrived.
    static func ofServer(_ bytes: ByteBuffer) -> PeerFault? {
        guard let start = bytes.getBytes(at: bytes.readerIndex, length: 5) else { return nil }
        if start[0] == tlsAlert || start[0] == tlsHandshake, start[1] == 3 { return .foreign(encrypted) }
        // A frame of settings, the first of HTTP/2. None of our messages begins with a 0.
        if start[0] == 0, start[3] == 4, start[4] == 0 { return .foreign(http2) }
        return nil
    }
}
