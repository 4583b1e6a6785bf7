internal import Synchronization

/// The course of a simulation, line by line, and a fingerprint of it: two runs of one seed must have the
/// same.
package final class Trace: Sendable {
    private struct State {
        var lines: [String] = []
        /// FNV-1a over the kind and time of each entry.
        var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
    }

    /// Maximum number of lines kept: enough for the longest scenario.
    private static let limit = 200_000

    /// True if lines are kept; otherwise entries only change the fingerprint.
    package let keepsLines: Bool
    private let state = Mutex(State())

    package init(keepsLines: Bool) {
        self.keepsLines = keepsLines
    }

    /// Adds an entry. `kind` and `time` change the fingerprint; the text is made only if lines are kept.
    func note(_ kind: StaticString, at time: SimulatedTime, _ text: @autoclosure () -> String) {
        state.withLock { state in
            kind.withUTF8Buffer { bytes in
                for byte in bytes {
                    state.fingerprint = (state.fingerprint ^ UInt64(byte)) &* 0x100_0000_01b3
                }
            }
            state.fingerprint =
                (state.fingerprint ^ UInt64(bitPattern: time.nanoseconds)) &* 0x100_0000_01b3
            if keepsLines, state.lines.count < Self.limit {
                state.lines.append("\(time)  \(kind)  \(text())")
            }
        }
    }

    /// Adds a line, such as a log message, that does not change the fingerprint.
    func remark(at time: SimulatedTime, _ text: @autoclosure () -> String) {
        guard keepsLines else { return }
        state.withLock { state in
            if state.lines.count < Self.limit { state.lines.append("\(time)  log  \(text())") }
        }
    }

    package var lines: [String] { state.withLock { $0.lines } }

    /// Differs between two runs that differ in what happened or when.
    package var fingerprint: UInt64 { state.withLock { $0.fingerprint } }
}
