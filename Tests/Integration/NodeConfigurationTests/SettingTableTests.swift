import Foundation
import Testing
import Timing

@testable import NodeConfiguration

struct SettingTableTests {
    static let numbers = SettingTable.all.filter { $0.expected.contains("…") && $0.expected.contains(" in ") }
        .map(\.name)

    /// True if the setting accepts the text.
    private func takes(_ setting: Setting, _ text: String) -> Bool {
        var settings = NodeSettings()
        do throws(InvalidValue) {
            try setting.assign(text, &settings)
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: numbers)
    func `a range holds its ends and nothing beyond them`(name: String) throws {
        let setting = try #require(SettingTable.all.first { $0.name == name })
        let range = try #require(setting.expected.split(separator: " ").last)
        let ends = range.split(separator: "…").map(String.init)
        try #require(ends.count == 2)
        #expect(takes(setting, ends[0]), "\(ends[0])")
        #expect(takes(setting, ends[1]), "\(ends[1])")
        let (below, above) = try valuesOutside(ends[0], to: ends[1])
        #expect(!takes(setting, below), "\(below)")
        #expect(!takes(setting, above), "\(above)")
    }

    /// The nearest values outside a range.
    private func valuesOutside(_ low: String, to high: String) throws -> (String, String) {
        if let low = DurationText.parse(low), let high = DurationText.parse(high) {
            return ("\(low / .milliseconds(1) - 1)ms", "\(high / .milliseconds(1) + 1)ms")
        }
        let low = try #require(SizeText.parse(low))
        let high = try #require(SizeText.parse(high))
        return ("\(low - 1)", "\(high + 1)")
    }

    @Test func `every default is a value that its setting takes`() {
        for setting in SettingTable.all where Self.numbers.contains(setting.name) {
            // Some have another one with sentinels.
            let usual = setting.defaultText.prefix { $0 != ";" }
            #expect(takes(setting, String(usual)), "\(setting.name)")
        }
        #expect(Self.numbers.count > 20)
    }

    @Test func `no two settings share a name or a variable`() {
        #expect(Set(SettingTable.all.map(\.name)).count == SettingTable.all.count)
        #expect(Set(SettingTable.all.map(\.environment)).count == SettingTable.all.count)
    }

    @Test func `help names every setting`() {
        for setting in SettingTable.all {
            #expect(Help.text.contains("  --\(setting.name)"))
            #expect(Help.text.contains("(\(setting.environment))"))
        }
    }

    @Test func `the handbook has the table of the code`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let handbook = try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
        #expect(handbook.contains(Help.table), "docs/operating.md must contain this:\n\(Help.table)")
    }
}

struct TextTests {
    @Test(arguments: [("0", 0), ("1000", 1_000), ("64KiB", 65_536), ("1MiB", 1_048_576)])
    func `a size is a whole number of bytes or of a unit`(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
        #expect(SizeText.format(bytes) == text)
    }

    @Test(arguments: ["", "KiB", "-1", "1.5MiB", "1kb", "1 KiB", "9223372036854775807MiB"])
    func `nothing else is a size`(text: String) {
        #expect(SizeText.parse(text) == nil)
    }
}
