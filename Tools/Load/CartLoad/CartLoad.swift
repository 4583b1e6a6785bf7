import ArgumentParser
import CartWorkload
import Foundation

/// Puts load on a cart cluster, injects faults on request, and verifies that the cluster kept its promises.
@main
struct CartLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-load",
        abstract: "Measure a cart cluster under load, and verify that it keeps its promises.",
        discussion: """
            Each operation is one read or one change of a cart, with the retries of a careful client. \
            Latencies are those of operations; at a fixed rate they count from the time at which the operation \
            was due.
            """
    )

    @OptionGroup var options: LoadOptions

    func run() async throws {
        let plan = try options.plan()
        let console = ConsoleOutput()
        for setting in plan.settings { console.say("\(setting.name): \(setting.value)") }
        let report: LoadReport
        do {
            report = try await LoadTest(plan, console).run()
        } catch let error as PreparationFailed {
            console.warn(error.description)
            throw ExitCode.failure
        }
        console.say(report.text)
        do {
            if let path = options.json { try report.json().write(to: URL(filePath: path)) }
            if let path = options.report {
                try Data(report.page().utf8).write(to: URL(filePath: path))
                console.say("report: \(path)")
            }
        } catch {
            console.warn("cannot write the report: \(error.localizedDescription)")
            throw ExitCode.failure
        }
        if !report.isGood { throw ExitCode.failure }
    }
}

extension LoadReport {
    fileprivate func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
