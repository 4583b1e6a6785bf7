#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension Report {
    private struct Form: Encodable {
        var redis: String
        var cluster: String
        var exitCode: Int32
        var counts: [String: Int]
        var findings: [Finding]
    }

    /// The report as a JSON object with a line feed at its end.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let counts = Level.allCases.map { ($0.rawValue, count($0)) }
        let form = Form(
            redis: redis,
            cluster: cluster,
            exitCode: exitCode,
            counts: Dictionary(uniqueKeysWithValues: counts),
            findings: findings
        )
        do {
            return String(decoding: try encoder.encode(form), as: UTF8.self) + "\n"
        } catch {
            // Texts and numbers always encode.
            return "{}\n"
        }
    }
}
