import CartWorkload
import Subprocess
import SystemPackage

/// Does to the cluster what the schedule says, while the load goes on.
struct ChaosRun: Sendable {
    let schedule: ChaosSchedule
    let script: String
    let clock: RealClock
    let history: History
    let console: ConsoleOutput

    /// Output of a script beyond this is not read, in bytes.
    private static let longestOutput = 64 * 1024

    /// What failed, in words; empty if nothing.
    ///
    /// - Parameter beginning: when the load began.
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
                output: .string(limit: Self.longestOutput),
                error: .string(limit: Self.longestOutput)
            )
            if result.terminationStatus.isSuccess { return nil }
            let words = [result.standardError, result.standardOutput].compactMap { $0 }.joined()
            return failed(event, words.isEmpty ? "\(result.terminationStatus)" : words)
        } catch is CancellationError {
            return nil
        } catch {
            return failed(event, "\(error)")
        }
    }

    private func failed(_ event: ChaosSchedule.Event, _ why: String) -> String {
        let line = why.split(whereSeparator: \.isNewline).last.map(String.init) ?? why
        let failure = "\(event.text) did not work: \(line)"
        console.say(failure)
        return failure
    }
}
