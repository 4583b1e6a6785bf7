import ArgumentParser
import CartWorkload
import Foundation

/// The command line options of a load test.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The URL of a node; repeatable. Each operation goes to a random one.",
            valueName: "url"
        )
    )
    var target: [String] = []

    @Option(help: ArgumentHelp("The URL of the gateway in front of the nodes.", valueName: "url"))
    var gateway: String?

    @Option(
        help: ArgumentHelp("Send operations to the nodes or through the gateway.", valueName: "nodes|gateway")
    )
    var through = "nodes"

    @Option(
        help: ArgumentHelp(
            "Operations a second, however long earlier ones take; 500 by default.",
            valueName: "n"
        )
    )
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of a rate: the number of clients, each with one operation after the other.",
            valueName: "n"
        )
    )
    var clients: Int?

    @Option(
        help: ArgumentHelp("The duration of the load: 90s, 2m; 30s by default.", valueName: "time"),
        transform: DurationParser.parse
    )
    var duration: Duration = .seconds(30)

    @Option(help: ArgumentHelp("The share of operations that are reads, from 0 to 1.", valueName: "share"))
    var reads = 0.8

    @Option(help: ArgumentHelp("The number of carts.", valueName: "n"))
    var carts = 1_000

    @Option(
        help: ArgumentHelp(
            "The distribution of operations over the carts; uniform by default.",
            valueName: "uniform|zipf:1.1"
        ),
        transform: PopularityParser.parse
    )
    var popularity = Popularity.uniform

    @Option(help: ArgumentHelp("The approximate number of lines of a cart.", valueName: "n"))
    var cartSize = 10

    @Option(
        help: ArgumentHelp(
            "The share of changes of other kinds than additions, removals and quantities: notes, batches,"
                + " clearing, deletion, checkout, merges; 0 by default.",
            valueName: "share"
        )
    )
    var others = 0.0

    @Option(
        help: ArgumentHelp("The nodes' trusted-token, for --others to set prices too.", valueName: "token")
    )
    var trustedToken: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Send an idempotency key with each change, so that it is retried after any failure."
    )
    var keys = true

    @Option(help: ArgumentHelp("The limit of connections to each target.", valueName: "n"))
    var connections = 2_048

    @Option(
        help: ArgumentHelp(
            "With --rate: the limit of operations in flight; further ones are counted and not sent.",
            valueName: "n"
        )
    )
    var inFlight = 4_096

    @Option(help: ArgumentHelp("The seed of the operations; random by default.", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "Check all answers, and all carts at the end; fail if a promise was broken.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Faults with their times, such as '10s kill 2, 20s start 2': kill, stop, pause, resume or start "
                + "a node, redis or gateway, with deploy/cluster.",
            valueName: "schedule"
        ),
        transform: { try ChaosSchedule($0) }
    )
    var chaos = ChaosSchedule()

    @Option(help: ArgumentHelp("The path of deploy/cluster.", valueName: "path"))
    var clusterScript = "deploy/cluster"

    @Option(help: ArgumentHelp("Write the result to a file as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the result to a file as an HTML page.", valueName: "file.html"))
    var report: String?
}

extension LoadOptions {
    /// The plan of the test.
    ///
    /// - Throws: `ValidationError` for values that are out of range or exclude each other.
    func plan() throws -> LoadPlan {
        var workload = WorkloadPlan()
        workload.carts = carts
        workload.reads = reads
        workload.popularity = popularity
        workload.cartSize = cartSize
        workload.keyed = keys ? 1 : 0
        if others > 0 {
            workload.useEveryAction()
            workload.others = others
            workload.setsPrices = trustedToken != nil
        }
        workload.clients = clients ?? 1
        // Runs share a cluster, but no carts.
        workload.prefix = "load-" + String(UInt64(Date.now.timeIntervalSince1970 * 1_000), radix: 36)
        if let flaw = workload.validationErrors.first { throw ValidationError(flaw) }
        try check(chaos)
        return LoadPlan(
            targets: try targets(),
            through: through,
            pace: try pace(),
            duration: duration,
            workload: workload,
            connections: try atLeastOne(connections, "--connections"),
            inFlight: try atLeastOne(inFlight, "--in-flight"),
            seed: seed ?? UInt64.random(in: 0...999_999),
            verifies: verify,
            chaos: chaos,
            clusterScript: clusterScript,
            trustedToken: trustedToken
        )
    }

    private func pace() throws -> LoadPlan.Pace {
        guard duration > .zero else { throw ValidationError("--duration: more than 0") }
        if let clients {
            guard rate == nil else { throw ValidationError("--rate and --clients exclude each other") }
            return .closed(clients: try atLeastOne(clients, "--clients"))
        }
        let rate = rate ?? 500
        guard rate > 0, rate <= 1_000_000 else {
            throw ValidationError("--rate: more than 0 and at most 1000000 a second, not \(rate)")
        }
        return .open(rate: rate)
    }

    private func targets() throws -> [String] {
        let targets: [String]
        switch through {
        case "nodes":
            targets = target
            guard !targets.isEmpty else {
                throw ValidationError("--target: missing (scripts/load-test finds the nodes itself)")
            }
        case "gateway":
            guard let gateway else {
                throw ValidationError("--gateway: missing (scripts/load-test finds it itself)")
            }
            targets = [gateway]
        default:
            throw ValidationError("--through: nodes or gateway, not '\(through)'")
        }
        return try targets.map { target in
            guard let url = URL(string: target), url.scheme == "http" || url.scheme == "https",
                url.host() != nil
            else {
                throw ValidationError("'\(target)' is not a URL such as http://127.0.0.1:8081")
            }
            return target.hasSuffix("/") ? String(target.dropLast()) : target
        }
    }

    private func check(_ chaos: ChaosSchedule) throws {
        if let late = chaos.events.first(where: { $0.at >= duration }) {
            throw ValidationError(
                "--chaos: '\(late.text)' at \(NumberFormat.seconds(late.at)) comes after the end of the load"
                    + " at \(NumberFormat.seconds(duration))"
            )
        }
        guard chaos.events.isEmpty || FileManager.default.isExecutableFile(atPath: clusterScript) else {
            throw ValidationError(
                "--cluster-script: --chaos needs it, and '\(clusterScript)' is not an executable file"
            )
        }
    }

    private func atLeastOne(_ number: Int, _ name: String) throws -> Int {
        guard (1...1_000_000).contains(number) else {
            throw ValidationError("\(name): from 1 to 1000000, not \(number)")
        }
        return number
    }
}
