#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The resources that this process uses, as the operating system reports them.
package enum ProcessUsage {
    /// User and system processor time so far; zero if the system does not report it.
    package static var processorTime: Duration {
        var usage = rusage()
        #if canImport(Glibc)
        let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
        let own = RUSAGE_SELF
        #endif
        guard getrusage(own, &usage) == 0 else { return .zero }
        return .seconds(Int(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec))
            + .microseconds(Int64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec))
    }

    /// Resident memory, in bytes. Linux only.
    package static func resident() throws -> Double { try status("VmRSS:") }

    /// Peak of resident memory since `resetPeak`, in bytes. Linux only.
    package static func peak() throws -> Double { try status("VmHWM:") }

    /// Makes the current resident memory the new peak. Linux only.
    package static func resetPeak() throws { try ProcFile.write("5", to: "/proc/self/clear_refs") }

    private static func status(_ label: String) throws -> Double {
        let lines = try ProcFile.text(at: "/proc/self/status").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(label) }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
                Double($0)
            })
        else { throw ReadingMissing(label: label) }
        return kibibytes * 1_024
    }

    /// The system reports no such figure.
    package struct ReadingMissing: Error, CustomStringConvertible {
        let label: String

        package var description: String { "/proc/self/status has no \(label)" }
    }
}
