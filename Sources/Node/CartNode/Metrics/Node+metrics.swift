import ActorRuntime
import CartApplication
import CartHTTP
import ConnectionAdmission
import MetricReadings
import NodeConfiguration
import Ownership
import PrometheusExposition
import RedisActorStore

// The sources of the node's metrics: each reads plain numbers that others keep.

extension Node {
    func metricRegistry() -> MetricRegistry {
        let partitions = (0..<runtime.host.partitionCount).map(partitionCollector)
        let collectors = [
            ProcessStatistics.collector, readinessCollector, sessionCollector, hostCollector, redisCollector,
            connectionCollector, callCollector, outcomeCollector, linkCollector, loopLag.collector,
            traceCollector,
        ]
        let requests = (0..<requestCounters.count).map(requestCollector)
        let commands = redisUses.map(commandCollector)
        return MetricRegistry(
            NodeMetrics.all,
            collectors: collectors + partitions + requests + commands,
            libraries: libraryMetrics
        )
    }

    private var readinessCollector: MetricCollector {
        typealias Its = NodeMetrics.Readiness
        let (directory, clock, name) = (runtime.directory, clock, settings.nodeName)
        return MetricCollector(of: Its.all) { readings in
            readings.add(1, to: Its.build, NodeVersion.current)
            readings.add(1, to: Its.node, name)
            let reasons = directory.notReadyReasons(at: clock.now)
            readings.add(reasons.isEmpty ? 1 : 0, to: Its.ready)
            let present = Set(reasons.map(Its.Reason.init))
            for reason in Its.Reason.allCases {
                readings.add(present.contains(reason) ? 1 : 0, to: Its.notReady, reason.rawValue)
            }
        }
    }

    private var sessionCollector: MetricCollector {
        typealias Its = NodeMetrics.Sessions
        let (directory, clock, lease) = (runtime.directory, clock, settings.lease.policy.length)
        return MetricCollector(of: Its.all) { readings in
            let (now, counts) = (clock.now, directory.counts)
            let left =
                switch directory.session.state {
                case .valid(let deadline): max(.zero, deadline - now)
                case .registering, .over: Duration.zero
                }
            readings.add(left / .seconds(1), to: Its.leaseLeft)
            readings.add(lease / .seconds(1), to: Its.lease)
            for result in SessionCounts.HeartbeatResult.allCases {
                readings.add(counts.heartbeats(result), to: Its.heartbeats, result.rawValue)
            }
            for loss in SessionCounts.Loss.allCases {
                readings.add(counts.losses(loss), to: Its.lost, loss.rawValue)
            }
            for condition in Its.conditions {
                readings.add(counts.members(condition), to: Its.members, condition.rawValue)
            }
            readings.add(counts.members(.dead), to: Its.tombstones)
            for result in SessionCounts.TombstoneResult.allCases {
                readings.add(counts.tombstones(result), to: Its.tombstoneWrites, result.rawValue)
            }
            readings.add(counts.prunedTombstones, to: Its.tombstonesPruned)
            readings.add(directory.isSettled(at: now) ? 1 : 0, to: Its.settled)
            readings.add(counts.generationChanges, to: Its.generationChanges)
        }
    }

    private var hostCollector: MetricCollector {
        typealias Its = NodeMetrics.Actors
        let host = runtime.host
        return MetricCollector(of: Its.ofHost) { readings in
            let counts = host.counts
            readings.add(host.liveLimit, to: Its.limit)
            readings.add(host.busyCount, to: Its.busy)
            readings.add(counts.droppedActors, to: Its.dropped)
            readings.add(counts.sweeps, to: Its.sweeps)
            readings.add(counts.abandonedSweeps, to: Its.abandonedSweeps)
            readings.add(counts.sweptActors, to: Its.swept)
            readings.add(counts.differingActors, to: Its.differing)
            readings.add(host.drainTime / .seconds(1), to: Its.drain)
        }
    }

    /// One for each partition, which answers on its own loop.
    private func partitionCollector(_ number: Int) -> MetricCollector {
        typealias Its = NodeMetrics.Actors
        let host = runtime.host
        return MetricCollector(of: Its.ofPartitions) { answer in
            host.askPartition(number) { counts in
                var readings = Readings()
                readings.add(counts.live, to: Its.live)
                readings.add(counts.retiring, to: Its.retiring)
                readings.add(counts.reads, to: Its.reads)
                readings.add(counts.commits, to: Its.commits)
                readings.add(counts.commandsPerCommit, to: Its.commands)
                readings.add(counts.mailboxDepths, to: Its.mailboxes)
                readings.add(counts.fullMailboxes, to: Its.fullMailboxes)
                readings.add(counts.restored, to: Its.restores)
                readings.add(counts.refusedRestores, to: Its.refusedRestores)
                readings.add(counts.restores.waiting, to: Its.waitingRestores)
                readings.add(counts.restores.underWay, to: Its.currentRestores)
                readings.add(counts.restores.window, to: Its.restoreWindow)
                readings.add(counts.ended, to: Its.ended)
                readings.add(counts.republished, to: Its.republished)
                answer(readings)
            }
        }
    }

    private var connectionCollector: MetricCollector {
        typealias Its = NodeMetrics.Connections
        let (clients, operations) = (clientGate, operationsGate)
        let (feed, watches, streamLimit) = (feed, watches, settings.streams)
        return MetricCollector(of: Its.all) { readings in
            for face in ConnectionCounts.Face.allCases {
                let gate = face == .operations ? operations : clients
                readings.add(gate.read { $0.open(to: face) }, to: Its.open, face.rawValue)
                for admission in ConnectionCounts.Admission.allCases {
                    let count = gate.read { $0.count(admission, to: face) }
                    readings.add(count, to: Its.decided, face.rawValue, admission.rawValue)
                }
            }
            readings.add(clients.limits.total, to: Its.limit, Its.Port.clients.rawValue)
            readings.add(operations.limits.total, to: Its.limit, Its.Port.operations.rawValue)
            readings.add(feed.listenerCount, to: Its.streams)
            readings.add(streamLimit, to: Its.streamLimit)
            readings.add(watches.cartCount, to: Its.watched)
        }
    }
}
