import Foundation
import LogEvents
import Logging
import Testing

/// The list of what the node logs, and the handbook's page of it.
@Suite struct LoggedEventTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    @Test func `names are plain words with dots and dashes, and stay so`() {
        for event in LoggedEvent.allCases {
            #expect(event.rawValue.wholeMatch(of: /[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*/) != nil, "\(event)")
        }
    }

    @Test func `every warning and every error says what the operator can do, and nothing else does`() {
        for event in LoggedEvent.allCases {
            #expect((event.advice != nil) == (event.level >= .warning), "\(event.rawValue)")
            #expect(!event.message.isEmpty && !event.message.hasSuffix("."), "\(event.rawValue)")
        }
    }

    @Test func `the page of logs ends with the table of the code`() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/logs.md"), encoding: .utf8)
        #expect(page.hasSuffix(Self.table), "docs/logs.md must end with this:\n\(Self.table)")
    }

    private static var table: String {
        let rows = LoggedEvent.allCases.map { event in
            "| `\(event.rawValue)` | \(event.level) | \(event.message) | \(event.advice ?? "") |"
        }
        return (["| event | level | message | what to do |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    @Test func `the node's own code logs nothing but events`() throws {
        let sources = Self.root.appending(path: "Sources")
        let found = try #require(FileManager.default.enumerator(atPath: sources.path))
        var used: Set<String> = []
        for case let path as String in found where path.hasSuffix(".swift") {
            guard !path.hasPrefix("Observability/LogEvents/") else { continue }
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            let plain = /[lL]ogger\.(trace|debug|info|notice|warning|error|critical|log)\(/
            #expect(text.firstMatch(of: plain) == nil, "\(path) logs without an event")
            for match in text.matches(of: /\.event\(\s*\.(?<name>\w+)/) { used.insert(String(match.name)) }
            for match in text.matches(of: /LoggedEvent\.(?<name>\w+)|of: \.(?<other>\w+)/) {
                used.formUnion([match.name, match.other].compactMap { $0.map(String.init) })
            }
        }
        let unused = LoggedEvent.allCases.filter { !used.contains("\($0)") }
        #expect(unused.isEmpty, "no code logs \(unused)")
    }
}
