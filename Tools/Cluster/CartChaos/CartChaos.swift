import ArgumentParser
import ClusterTesting

/// Injects two faults at a time into a cluster of real nodes on a real Redis, round after round, and checks
/// after each round that every promise was kept.
@main
struct CartChaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-chaos",
        abstract:
            "Injects pairs of faults, drawn from a seed, into a cart cluster and checks its clients' history."
    )

    @Option(help: "Time after which no new round starts, in minutes.")
    var minutes: Double = 5

    @Option(
        help: "Seed of the faults: the same seed gives the same faults. Random by default."
    )
    var seed: UInt64?

    @Option(help: "Repeat only this round of the seed, as often as the time allows.")
    var round: Int?

    @Option(help: "Number of nodes.")
    var nodes = 3

    @Option(help: "Folder in which a folder with the evidence of a violation is created.")
    var evidence = "."

    @Flag(help: "Only print the faults of the first 20 rounds, or of --round.")
    var show = false

    func validate() throws {
        guard minutes > 0 else { throw ValidationError("--minutes must be above 0 (got \(minutes))") }
        guard (2...9).contains(nodes) else { throw ValidationError("--nodes must be 2 to 9 (got \(nodes))") }
        if let round, round < 1 { throw ValidationError("--round must be at least 1 (got \(round))") }
    }

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 1...999_999_999)
        let schedule = FaultSchedule(seed: seed, nodes: nodes, lease: .short)
        ConsoleReport.say("seed \(seed)")
        if show {
            for number in round.map({ $0...$0 }) ?? 1...20 {
                ConsoleReport.say(ConsoleReport.faults(schedule.round(number), round: number))
            }
            return
        }
        let campaign = ChaosCampaign(
            schedule: schedule,
            only: round,
            length: .seconds(60) * minutes,
            evidence: evidence
        )
        guard try await campaign.run() else { throw ExitCode(1) }
    }
}
