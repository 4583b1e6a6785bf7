#if DEBUG
import NodeConfiguration
import Timing

/// An action at a failpoint, and the hits at which it is performed.
struct FailpointRule: Equatable {
    enum Action: Equatable {
        /// The process is killed, as by a crash.
        case kill
        /// The process stands still until somebody resumes it.
        case stop
        /// This step waits.
        case stall(Duration)
        /// The thread of this step waits, and with it all its other work.
        case block(Duration)
    }

    let point: Failpoint
    /// Counted from 1.
    let hits: ClosedRange<UInt64>
    let action: Action

    /// Reads `commit.answered@3=kill;heartbeat.sending@2-9=stall:3s`: at the third hit, at hits 2 to 9; `@2-`
    /// means from the second on, `@always` every one, and nothing the first.
    static func list(_ text: String) throws(BadSetting) -> [FailpointRule] {
        var rules: [FailpointRule] = []
        for part in text.split(separator: ";") {
            rules.append(try FailpointRule(part.drop { $0 == " " }))
        }
        return rules
    }

    private init(_ text: Substring) throws(BadSetting) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let head = halves[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let point = Failpoint(rawValue: String(head[0])) else {
            let names = Failpoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.bad("no such failpoint (got \"\(head[0])\", expected one of \(names))")
        }
        self.point = point
        guard let hits = Self.hits(head.count > 1 ? head[1] : "1") else {
            throw Self.bad(
                "\(point.rawValue): which hits? (got \"\(text)\", expected @N, @N-M, @N- or @always)"
            )
        }
        self.hits = hits
        guard halves.count > 1, let action = Self.action(halves[1]) else {
            throw Self.bad(
                "\(point.rawValue): to do what? (got \"\(text)\", expected kill, stop, stall:TIME or block:TIME)"
            )
        }
        self.action = action
    }

    private static func hits(_ text: Substring) -> ClosedRange<UInt64>? {
        if text == "always" { return 1...UInt64.max }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = UInt64(ends[0]), first > 0 else { return nil }
        guard ends.count > 1 else { return first...first }
        guard !ends[1].isEmpty else { return first...UInt64.max }
        guard let last = UInt64(ends[1]), last >= first else { return nil }
        return first...last
    }

    private static func action(_ text: Substring) -> Action? {
        switch text {
        case "kill": return .kill
        case "stop": return .stop
        case _: break
        }
        let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, let time = DurationText.parse(String(words[1])), time > .zero else {
            return nil
        }
        switch words[0] {
        case "stall": return .stall(time)
        case "block": return .block(time)
        case _: return nil
        }
    }

    private static func bad(_ problem: String) -> BadSetting {
        BadSetting(Failpoints.variable, problem: problem)
    }
}
#endif
