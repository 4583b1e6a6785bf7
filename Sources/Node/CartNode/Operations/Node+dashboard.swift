import ActorRuntime
import CartHTTP
import Dashboard
import Doctor
import NIOPosix
import NodeConfiguration
import Ownership
import PrometheusExposition
import RedisActorStore
import RedisClient
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Node {
    /// The page of the operations port, with what the node brings to it.
    func makeDashboard() -> Dashboard {
        // One of its own: what it leaves out is nothing that Prometheus asked for.
        let registry = metricRegistry()
        // The members' addresses come from Redis, so none of them gets the token itself.
        let passes = ReadPasses(token: settings.opsToken.revealed)
        let peers = PeerReports(on: MultiThreadedEventLoopGroup.singleton) {
            passes?.authorization(at: $0)
        }
        return Dashboard(
            DashboardSources(
                process: runtime.directory.session.id.rawValue,
                operations: settings.operationsAdvertised,
                sample: { [self] in
                    NodeSample(snapshot(), totals: NodeTotals(await registry.gather()), takenAt: clock.now)
                },
                redis: { [self] in redisView() },
                askRedis: { [self] in await askRedis($0) },
                doctor: { [doctor] in
                    await doctor.lastReport().map { DoctorFinding.toMend(among: $0.findings) }
                },
                report: { await peers.report(at: $0) },
                pass: { passes?.pass(at: $0) }
            )
        )
    }

    func cartFinder(_ dashboard: Dashboard) -> CartFinder {
        CartFinder(
            store: past,
            directory: runtime.directory,
            dashboard: dashboard,
            node: settings.nodeName,
            silentAfter: silentAfter
        )
    }

    /// A heartbeat may come late now and then.
    private var silentAfter: Duration { settings.lease.heartbeatInterval * 3 }

    private func snapshot() -> NodeSnapshot {
        let (status, now) = (status(), clock.now)
        let view = runtime.directory.clusterView(at: now)
        let left =
            switch runtime.directory.session.state {
            case .valid(let deadline): max(.zero, deadline - now)
            case .registering, .over: Duration.zero
            }
        let members = view.members.map { member in
            let silence = runtime.directory.silence(of: member.session, at: now)
            return NodeSnapshot.Member(
                name: member.card.name,
                session: member.session.rawValue,
                condition: member.condition.rawValue,
                build: member.card.build,
                operations: member.card.operations,
                silence: silence.flatMap { $0.lasted >= silentAfter ? Silence($0) : nil }
            )
        }
        return NodeSnapshot(
            name: status.name,
            session: view.session.rawValue,
            build: status.build,
            notReady: status.notReady,
            draining: status.draining,
            warnings: status.warnings,
            generation: status.generation,
            lease: NodeSnapshot.Lease(length: view.lease / .seconds(1), left: left / .seconds(1)),
            carts: NodeSnapshot.Carts(
                live: status.liveCarts,
                limit: runtime.host.liveLimit,
                busy: runtime.host.busyCount
            ),
            members: members,
            redisProblem: status.redis.problem,
            takenAt: Int64(Date().timeIntervalSince1970 * 1_000)
        )
    }

    /// Redis, as far as the node knows.
    private func redisView() -> RedisView {
        let status = status().redis
        var view = RedisView()
        view.isConnected = status.isConnected
        view.problem = status.problem
        view.durability = status.durability
        view.warnings = status.warnings
        return view
    }

    /// Redis, asked once more: how fast it answers, and what it says of itself. Of several servers, the sums, and the
    /// slowest answer.
    private func askRedis(_ known: RedisView) async -> RedisView {
        var view = known
        do throws(RedisError) {
            var all: [RedisServerVitals] = []
            for client in redis.tasks.clients {
                let began = clock.now
                _ = try await client.send("PING")
                view.latency = max(view.latency ?? 0, (clock.now - began) / .seconds(1))
                all.append(try await RedisServerVitals.gather(from: client))
            }
            view.take(all)
        } catch {
            view.problem = view.problem ?? "\(error)"
        }
        if let topology = redis.topology { view.primaries = topology.primaries.map(\.inShort).sorted() }
        return view
    }

    struct DashboardService: Service {
        let dashboard: Dashboard

        func run() async throws {
            await cancelWhenGracefulShutdown { await dashboard.run() }
        }
    }
}

extension RedisView {
    /// Takes in what the servers say of themselves.
    fileprivate mutating func take(_ servers: [RedisServerVitals]) {
        func sum(_ part: (RedisServerVitals) -> Int?) -> Int? {
            let parts = servers.compactMap(part)
            return parts.isEmpty ? nil : parts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        }
        let versions = Set(servers.compactMap(\.version)).sorted()
        version = versions.isEmpty ? nil : versions.joined(separator: ", ")
        let roles = Set(servers.compactMap(\.role)).sorted().map {
            $0 == "master" ? "primary" : $0 == "slave" ? "replica" : $0
        }
        role = servers.count > 1 ? "\(servers.count) primaries" : roles.first
        memory = sum(\.memory)
        // One server without a limit leaves all without.
        memoryLimit = servers.contains { $0.memoryLimit == nil } ? nil : sum(\.memoryLimit)
        keys = sum(\.keys)
        clients = sum(\.clients)
        replicas = sum(\.replicas)
        commandsPerSecond = sum(\.commandsPerSecond)
        uptime = servers.compactMap(\.uptime).min()
    }
}

extension ClusterPrimary {
    /// Its address and its slots, for people.
    var inShort: String {
        let count = slots.reduce(0) { $0 + $1.count }
        let ranges = slots.prefix(4).map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        let rest = slots.count > 4 ? ", …" : ""
        guard count > 0 else { return "\(address): no slots" }
        return "\(address): \(count) slots (\(ranges.joined(separator: ", "))\(rest))"
    }
}
