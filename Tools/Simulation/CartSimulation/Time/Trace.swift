internal import Synchronization

/// What happened in a simulation, line by line, and a fingerprint of it: two runs of one seed must have the same.
package final class Trace: Sendable {
    private struct State {
        var lines: [String] = []
        /// FNV-1a over everything that was noted.
        var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
        var noted: UInt64 = 0
    }

    /// The most lines that are kept: enough for the longest scenario.
    private static let limit = 200_000

    /// Whether lines are kept, or only counted into the fingerprint.
    package let keepsLines: Bool
    private let state = Mutex(State())

    package init(keepsLines: Bool) {
        self.keepsLines = keepsLines
    }

    /// Notes what happened at a time: `kind` tells runs apart, the text is made only where it is kept.
    func note(_ time: SimulatedTime, _ kind: StaticString, _ text: @autoclosure () -> String) {
        state.withLock { state in
            state.noted += 1
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

    /// Tells something that is no step of its own, and that only a kept trace has.
    func remark(_ time: SimulatedTime, _ text: @autoclosure () -> String) {
        guard keepsLines else { return }
        state.withLock { state in
            if state.lines.count < Self.limit { state.lines.append("\(time)  log  \(text())") }
        }
    }

    package var lines: [String] { state.withLock { $0.lines } }

    /// Tells two runs apart that differ in what happened, or in when.
    package var fingerprint: UInt64 { state.withLock { $0.fingerprint } }
}
