import ArgumentParser
import CartWorkload
import Foundation

/// What is asked for on the command line.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A node to ask; may be given again. Each operation goes to one that is drawn.",
            valueName: "url"
        )
    )
    var target: [String] = []

    @Option(help: ArgumentHelp("The gateway in front of the nodes.", valueName: "url"))
    var gateway: String?

    @Option(help: ArgumentHelp("Whether to ask the nodes or the gateway.", valueName: "nodes|gateway"))
    var through = "nodes"

    @Option(
        help: ArgumentHelp(
            "So many operations a second, whatever becomes of those before; 500 if not given.",
            valueName: "n"
        )
    )
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of a rate: so many clients, each one operation after the other.",
            valueName: "n"
        )
    )
    var clients: Int?

    @Option(
        help: ArgumentHelp("How long: 90s, 2m; 30s if not given.", valueName: "time"),
        transform: DurationParser.read
    )
    var duration: Duration = .seconds(30)

    @Option(help: ArgumentHelp("The share of operations that only look, from 0 to 1.", valueName: "share"))
    var reads = 0.8

    @Option(help: ArgumentHelp("How many carts.", valueName: "n"))
    var carts = 1_000

    @Option(
        help: ArgumentHelp(
            "How often each cart is asked for; uniform if not given.",
            valueName: "uniform|zipf:1.1"
        ),
        transform: PopularityParser.read
    )
    var popularity = Popularity.uniform

    @Option(help: ArgumentHelp("About how many lines a cart has.", valueName: "n"))
    var cartSize = 10

    @Flag(
        inversion: .prefixedNo,
        help: "Send an idempotency key with each change, and so retry it whatever happened."
    )
    var keys = true

    @Option(help: ArgumentHelp("At most so many connections to each target.", valueName: "n"))
    var connections = 2_048

    @Option(
        help: ArgumentHelp(
            "With --rate: at most so many operations under way; more are not sent, and counted.",
            valueName: "n"
        )
    )
    var inFlight = 4_096

    @Option(help: ArgumentHelp("The same seed, the same operations. Drawn if not given.", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "Check all that clients were told, and all carts at the end; fail if a promise was broken.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Faults and when to make them, as in '10s kill 2, 20s start 2': kill, stop, pause, resume or start a node, "
                + "redis or the gateway, by deploy/cluster.",
            valueName: "schedule"
        ),
        transform: { try ChaosSchedule($0) }
    )
    var chaos = ChaosSchedule()

    @Option(help: ArgumentHelp("Where deploy/cluster is.", valueName: "path"))
    var clusterScript = "deploy/cluster"

    @Option(help: ArgumentHelp("Write the result as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the result as one page to look at.", valueName: "file.html"))
    var report: String?
}

extension LoadOptions {
    /// The test that is asked for.
    ///
    /// - Throws: `ValidationError` where something is asked for that can not be.
    func plan() throws -> LoadPlan {
        var workload = WorkloadPlan()
        workload.carts = carts
        workload.reads = reads
        workload.popularity = popularity
        workload.cartSize = cartSize
        workload.keyed = keys ? 1 : 0
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
            clusterScript: clusterScript
        )
    }

    private func pace() throws -> LoadPlan.Pace {
        guard duration > .zero else { throw ValidationError("--duration: longer than nothing") }
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
                throw ValidationError("--target: where are the nodes? (scripts/load-test knows them itself)")
            }
        case "gateway":
            guard let gateway else {
                throw ValidationError("--gateway: where is it? (scripts/load-test knows it itself)")
            }
            targets = [gateway]
        default:
            throw ValidationError("--through: nodes or gateway, not '\(through)'")
        }
        return try targets.map { target in
            guard let url = URL(string: target), url.scheme == "http" || url.scheme == "https",
                url.host() != nil
            else {
                throw ValidationError("'\(target)' is no address: write it as http://127.0.0.1:8081")
            }
            return target.hasSuffix("/") ? String(target.dropLast()) : target
        }
    }

    private func check(_ chaos: ChaosSchedule) throws {
        if let late = chaos.events.first(where: { $0.at >= duration }) {
            throw ValidationError(
                "--chaos: '\(late.text)' at \(NumberFormat.seconds(late.at)) comes after the end, which is at"
                    + " \(NumberFormat.seconds(duration))"
            )
        }
        guard chaos.events.isEmpty || FileManager.default.isExecutableFile(atPath: clusterScript) else {
            throw ValidationError(
                "--cluster-script: there is no program '\(clusterScript)', which --chaos needs"
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
