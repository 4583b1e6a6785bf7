import NIOCore

/// How far a connection has got with what is written to it. To be read on its event loop.
extension Channel {
    /// The bytes that wait in the node because the system takes no more; 0 for a closed connection.
    var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
