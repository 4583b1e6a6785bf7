import Testing
import Timing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("0ms", 0), ("500ms", 500), ("5s", 5_000), ("15m", 900_000), ("12h", 43_200_000),
        ("30d", 2_592_000_000),
        ("007s", 7_000),
    ])
    func `a duration is a whole number and a unit`(text: String, milliseconds: Int64) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
        #expect(DurationText.parse(text, allowsFraction: true) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "s", "5", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "5S", "5sec", "5s5s", "٥s",
        "9223372036854775807d",
        "99999999999999999999s",
    ])
    func `nothing else is a duration`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [("1.5s", 1_500), ("0.25m", 15_000), ("2.5ms", 2.5)])
    func `a fraction is accepted where it is allowed`(text: String, milliseconds: Double) {
        #expect(DurationText.parse(text, allowsFraction: true) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", ".", ".s", "1.2.3s", "1.5", "1e3s", "-1.5s", "∞s", "99999999999999999999d"])
    func `nothing else is a duration with a fraction`(text: String) {
        #expect(DurationText.parse(text, allowsFraction: true) == nil)
    }

    @Test(arguments: ["0s", "1ms", "500ms", "90s", "15m", "36h", "30d"])
    func `a duration is formatted as it is parsed`(text: String) throws {
        #expect(DurationText.format(try #require(DurationText.parse(text))) == text)
    }
}
