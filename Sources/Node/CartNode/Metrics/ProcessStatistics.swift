import MetricReadings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The resources that this process uses, as Linux's `/proc` tells them.
///
/// Source: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
struct ProcessStatistics: Equatable {
    /// User and system processor time, seconds.
    let processorTime: Double
    /// The start of the process after the start of the machine, seconds.
    let startAfterBoot: Double
    /// Bytes.
    let virtualMemory: Double
    /// Bytes.
    let residentMemory: Double

    /// - Parameters:
    ///   - stat: the content of `/proc/self/stat`.
    ///   - ticks: the number of the clock's ticks in a second.
    ///   - page: the size of a page of memory, bytes.
    init?(stat: String, ticks: Double, page: Double) {
        // The program's name, in brackets, may hold anything. Fields are numbered as in the manual.
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[name...].split(separator: " ")
        func field(_ number: Int) -> Double? {
            fields.indices.contains(number - 2) ? Double(fields[number - 2]) : nil
        }
        guard let user = field(14), let system = field(15), let start = field(22), let size = field(23),
            let resident = field(24)
        else { return nil }
        processorTime = (user + system) / ticks
        startAfterBoot = start / ticks
        virtualMemory = size
        residentMemory = resident * page
    }

    /// Tells what the system tells; the rest is left out.
    static var collector: MetricCollector {
        typealias Its = NodeMetrics.Process
        return MetricCollector(of: Its.all) { readings in
            if let present = Self.present {
                readings.add(present.processorTime, to: Its.processorTime)
                readings.add(present.residentMemory, to: Its.residentMemory)
                readings.add(present.virtualMemory, to: Its.virtualMemory)
                if let bootTime { readings.add(bootTime + present.startAfterBoot, to: Its.startTime) }
            }
            if let openFiles { readings.add(openFiles, to: Its.openFiles) }
            if let limit = OpenFiles.limit { readings.add(limit, to: Its.fileLimit) }
        }
    }

    private static var present: ProcessStatistics? {
        text(at: "/proc/self/stat").flatMap {
            ProcessStatistics(
                stat: $0,
                ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
                page: Double(sysconf(Int32(_SC_PAGESIZE)))
            )
        }
    }

    /// The start of the machine, seconds since 1970. Read once, as the clock may be set later.
    private static let bootTime: Double? = text(at: "/proc/stat").flatMap { text in
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static var openFiles: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, its parent, and the descriptor by which it is read.
        return max(0, count - 3)
    }

    private static func text(at path: String) -> String? {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            return nil
        }
    }
}
