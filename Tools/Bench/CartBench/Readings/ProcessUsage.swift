import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the operating system says of this process.
enum ProcessUsage {
    /// Processor time so far, seconds.
    static var processor: Double {
        var usage = rusage()
        #if canImport(Glibc)
        let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
        let own = RUSAGE_SELF
        #endif
        guard getrusage(own, &usage) == 0 else { return 0 }
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// Resident memory, bytes.
    static func resident() throws -> Double { try status("VmRSS:") }

    /// The most that was resident since `forgetPeak`, bytes.
    static func peak() throws -> Double { try status("VmHWM:") }

    /// Lets the peak begin anew.
    static func forgetPeak() throws {
        let file = try FileDescriptor.open("/proc/self/clear_refs", .writeOnly)
        _ = try file.closeAfter { try file.writeAll("5".utf8) }
    }

    private static func status(_ label: String) throws -> Double {
        let lines = try text("/proc/self/status").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(label) }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
                Double($0)
            })
        else { throw BenchFailure("the system does not tell \(label)") }
        return kibibytes * 1_024
    }

    /// A small file of the system's.
    static func text(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var text: [UInt8] = []
            let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
            defer { part.deallocate() }
            while true {
                let count = try file.read(into: part)
                guard count > 0 else { return String(decoding: text, as: UTF8.self) }
                text += part[..<count]
            }
        }
    }
}
