import Dispatch
import Foundation
import LogEvents
import Logging
import Synchronization
import Timing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The way out of a node's log: a thread of its own writes what all others leave in a bounded buffer, so that
/// none of them ever waits for a slow reader, a full disk or a closed pipe.
///
/// Lines that find no room are lost. Once lines flow again, one of them says how many were.
package final class LogWriter: Sendable {
    /// The limits.
    package struct Policy: Sendable {
        /// The most bytes that wait.
        package var bufferBytes = 1 << 20
        /// The time between two tries of an output that fails.
        package var retryInterval: Duration = .seconds(1)

        package init() {}
    }

    private let output: Int32
    private let policy: Policy
    private let buffer: Mutex<LineBuffer>
    private let report: @Sendable (_ lost: Int) -> [UInt8]
    private let isClosing = Atomic<Bool>(false)
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - output: a file descriptor that stays open.
    ///   - report: makes the line that says how many lines were lost.
    package init(
        to output: Int32,
        policy: Policy = Policy(),
        report: @escaping @Sendable (_ lost: Int) -> [UInt8]
    ) {
        self.output = output
        self.policy = policy
        self.report = report
        buffer = Mutex(LineBuffer(limit: policy.bufferBytes))
        let thread = Thread { self.run() }
        thread.name = "log"
        thread.start()
    }

    /// Leaves a line to be written. Never waits for the output.
    package func write(_ line: [UInt8]) {
        if buffer.withLock({ $0.append(line) }) { wakeUp.signal() }
    }

    /// Writes what waits, for as long as the output takes it and the time allows. Lines that come later are
    /// lost.
    package func close(within limit: Duration = .seconds(1)) {
        isClosing.store(true, ordering: .releasing)
        wakeUp.signal()
        _ = ended.wait(timeout: .now() + .nanoseconds(Int(limit.wholeNanoseconds)))
    }

    private func run() {
        defer { ended.signal() }
        var lost = 0
        var isInLine = false
        while true {
            let isLast = isClosing.load(ordering: .acquiring)
            var batch = buffer.withLock { $0.take(mayRest: lost == 0) }
            if batch.isEmpty, lost == 0 {
                if isLast { return }
                wakeUp.wait()
                continue
            }
            batch.lost += lost
            if batch.lost > 0 { batch.bytes += report(batch.lost) }
            // The rest of a line that was cut off must not begin another.
            if isInLine { batch.bytes.insert(UInt8(ascii: "\n"), at: 0) }
            let written = write(all: batch.bytes)
            lost = written == batch.bytes.count ? 0 : batch.lost + batch.lines
            if written > 0 { isInLine = batch.bytes[written - 1] != UInt8(ascii: "\n") }
            guard lost > 0 else { continue }
            if isLast { return }
            _ = wakeUp.wait(timeout: .now() + .nanoseconds(Int(policy.retryInterval.wholeNanoseconds)))
        }
    }

    /// Writes as much as the output takes before it fails; waits while it is only slow.
    ///
    /// - Returns: the number of bytes written.
    private func write(all bytes: [UInt8]) -> Int {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { unsafe in
                #if canImport(Darwin)
                Darwin.write(output, unsafe.baseAddress, unsafe.count)
                #else
                Glibc.write(output, unsafe.baseAddress, unsafe.count)
                #endif
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno == EINTR {
                continue
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                // Somebody else made it non-blocking.
                var wait = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, 1_000)
            } else {
                return done
            }
        }
        return done
    }
}
