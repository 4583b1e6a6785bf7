internal import Foundation

#if canImport(Glibc)
package import Glibc
#else
package import Darwin
#endif

/// What a process takes of the machine.
package struct Footprint: Sendable, Hashable, CustomStringConvertible {
    /// Resident memory, in bytes.
    package let memory: Int
    /// How many files and sockets are open.
    package let descriptors: Int

    /// - Returns: nil where the system does not tell.
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
