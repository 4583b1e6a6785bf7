internal import Foundation

#if canImport(Glibc)
package import Glibc
#else
package import Darwin
#endif

/// The resources that a process holds.
package struct Footprint: Sendable, Hashable, CustomStringConvertible {
    /// Resident memory, in bytes.
    package let memory: Int
    /// Number of open files and sockets.
    package let descriptors: Int

    /// - Returns: nil if the process is gone or the system has no `/proc`.
    package init?(of process: pid_t) {
        do {
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            let words = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(
                separator: " "
            )
            guard words.count > 1, let pages = Int(words[1]) else { return nil }
            memory = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
            descriptors = open.count
        } catch {
            return nil
        }
    }

    package var description: String { "\(memory >> 20) MiB, \(descriptors) descriptors" }
}
