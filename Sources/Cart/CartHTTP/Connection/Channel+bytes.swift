import NIOCore

#if os(Linux)
import Glibc
#endif

/// The progress of a connection's writes. Read it on the connection's event loop.
extension Channel {
    /// The bytes that wait in the node because the system takes no more; 0 for a closed connection.
    var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// A count that grows as the client takes what is sent. Only differences between two values mean anything.
    ///
    /// It says more than `unsentBytes`: the system takes nothing from the node until the client has taken a
    /// third of what the system holds for it, and that can be megabytes.
    var takenBytes: Int {
        acknowledgedBytes ?? -unsentBytes
    }

    /// The bytes that the client's system has acknowledged; nil where ours does not tell.
    private var acknowledgedBytes: Int? {
        #if os(Linux)
        let operations = pipeline.syncOperations
        let count = try? operations.withUnsafeTransportIfAvailable { countAcknowledged(on: $0) }
        return count ?? nil
        #else
        return nil
        #endif
    }

    #if os(Linux)
    /// Reads `tcpi_bytes_acked` of `struct tcp_info` (linux/tcp.h), which the C library's declaration lacks.
    private func countAcknowledged(on socket: NIOBSDSocket.Handle) -> Int? {
        // The structure only ever grows at its end.
        let (position, size) = (15, 16)
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: size) { words in
            words.initialize(repeating: 0)
            let expected = socklen_t(size * MemoryLayout<UInt64>.size)
            var length = expected
            let level = NIOBSDSocket.OptionLevel.tcp.rawValue
            let option = NIOBSDSocket.Option.tcp_info.rawValue
            let status = getsockopt(socket, level, option, words.baseAddress, &length)
            guard status == 0, length == expected else { return nil }
            return Int(truncatingIfNeeded: words[position])
        }
    }
    #endif
}
