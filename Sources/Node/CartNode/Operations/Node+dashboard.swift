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

    /// Redis, asked once more: how fast it answers, and what it says of itself.
    private func askRedis(_ known: RedisView) async -> RedisView {
        var view = known
        do throws(RedisError) {
            let began = clock.now
            _ = try await redis.send("PING")
            view.latency = (clock.now - began) / .seconds(1)
            let vitals = try await RedisServerVitals.gather(from: redis)
            view.version = vitals.version
            view.role = vitals.role.map { $0 == "master" ? "primary" : $0 == "slave" ? "replica" : $0 }
            view.memory = vitals.memory
            view.memoryLimit = vitals.memoryLimit
            view.keys = vitals.keys
            view.clients = vitals.clients
            view.replicas = vitals.replicas
            view.commandsPerSecond = vitals.commandsPerSecond
            view.uptime = vitals.uptime
        } catch {
            view.problem = view.problem ?? "\(error)"
        }
        return view
    }

    struct DashboardService: Service {
        let dashboard: Dashboard

        func run() async throws {
            await cancelWhenGracefulShutdown { await dashboard.run() }
        }
    }
}
