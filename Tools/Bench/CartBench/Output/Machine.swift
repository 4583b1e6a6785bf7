import Foundation
import ProcessMeasurement

/// The machine that figures were measured on.
struct Machine: Codable {
    let processors: Int
    let model: String
    let system: String

    init() {
        processors = ProcessInfo.processInfo.activeProcessorCount
        system = ProcessInfo.processInfo.operatingSystemVersionString
        model = Self.processorName ?? "unknown"
    }

    private static var processorName: String? {
        do {
            return try ProcFile.text(at: "/proc/cpuinfo").split(separator: "\n")
                .first { $0.hasPrefix("model name") }?
                .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        } catch {
            return nil
        }
    }
}
