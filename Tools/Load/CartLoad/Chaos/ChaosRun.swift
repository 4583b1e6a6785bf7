import CartWorkload
import Subprocess
import SystemPackage

/// Executes a schedule of faults against the cluster during the load.
struct ChaosRun: Sendable {
    let schedule: ChaosSchedule
    let script: String
    let clock: RealClock
    let history: History
    let console: ConsoleOutput

    /// The limit of a script's output, in bytes.
    private static let outputLimit = 64 * 1024

    /// Executes all events at their times.
    ///
    /// - Parameter beginning: the start of the load.
    /// - Returns: a message for each event that failed.
    func run(from beginning: Duration) async -> [String] {
        await withTaskGroup { group in
            for event in schedule.events {
                group.addTask { await perform(event, at: beginning + event.at) }
            }
            return await group.reduce(into: []) { failures, failure in
                if let failure { failures.append(failure) }
            }
        }
    }

    private func perform(_ event: ChaosSchedule.Event, at time: Duration) async -> String? {
        do {
            try await clock.sleep(for: max(.zero, time - clock.now))
            history.note(event.text, at: clock.now)
            console.say("\(NumberFormat.seconds(event.at))  \(event.text)")
            let result = try await Subprocess.run(
                .path(FilePath(script)),
                arguments: [event.verb.rawValue, event.subject],
                output: .string(limit: Self.outputLimit),
                error: .string(limit: Self.outputLimit)
            )
            if result.terminationStatus.isSuccess { return nil }
            let output = [result.standardError, result.standardOutput].compactMap { $0 }.joined()
            return failure(of: event, output.isEmpty ? "\(result.terminationStatus)" : output)
        } catch is CancellationError {
            return nil
        } catch {
            return failure(of: event, "\(error)")
        }
    }

    private func failure(of event: ChaosSchedule.Event, _ reason: String) -> String {
        let line = reason.split(whereSeparator: \.isNewline).last.map(String.init) ?? reason
        let failure = "\(event.text) failed: \(line)"
        console.say(failure)
        return failure
    }
}
