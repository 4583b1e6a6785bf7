import UnixSignals

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The signals that concern a node's process.
enum ProcessSignals {
    /// The signals that drain the node: SIGTERM, SIGINT, and SIGHUP, which a closed terminal sends.
    ///
    /// A process that was started with SIGHUP ignored, as `nohup` does, goes on ignoring it. Must be read
    /// before anything handles SIGHUP.
    static var draining: [UnixSignal] {
        isIgnored(SIGHUP) ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
    }

    /// Lets a write to a closed pipe or socket fail instead of ending the process.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        // Functions cannot be compared, and SIG_IGN is no function but a number in the place of one.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
