import ArgumentParser
import ClusterTesting

/// Has two things at a time go wrong in a cluster of real nodes on a real Redis, round after round, and proves after each
/// that nothing that was promised was broken.
@main
struct CartChaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-chaos",
        abstract:
            "Breaks a cart cluster in pairs of ways, drawn from a seed, and checks what its clients were told."
    )

    @Option(help: "How long to go on with new rounds, in minutes.")
    var minutes: Double = 5

    @Option(
        help: "What the faults are drawn from: the same seed, the same faults. Drawn itself where not given."
    )
    var seed: UInt64?

    @Option(help: "Play this round of the seed alone, as often as the time allows.")
    var round: Int?

    @Option(help: "How many nodes.")
    var nodes = 3

    @Option(help: "Where the evidence of a violation is kept; a folder is made in it.")
    var evidence = "."

    @Flag(help: "Only show which faults the seed draws for the first 20 rounds, or for --round.")
    var show = false

    func validate() throws {
        guard minutes > 0 else { throw ValidationError("--minutes is more than 0, not \(minutes)") }
        guard (2...9).contains(nodes) else { throw ValidationError("--nodes is from 2 to 9, not \(nodes)") }
        if let round, round < 1 { throw ValidationError("--round is 1 or more, not \(round)") }
    }

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 1...999_999_999)
        let schedule = FaultSchedule(seed: seed, nodes: nodes, lease: .short)
        ConsoleReport.say("seed \(seed)")
        if show {
            for number in round.map({ $0...$0 }) ?? 1...20 {
                ConsoleReport.say(ConsoleReport.faults(schedule.round(number), number))
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
