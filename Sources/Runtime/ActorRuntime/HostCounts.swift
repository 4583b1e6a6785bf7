package import MetricReadings
import Synchronization

/// What befell a host as a whole since the process began. Plain numbers.
package struct HostCounts: Sendable {
    /// Sweeps that came to their end, by the time that they took.
    package internal(set) var sweeps = DurationHistogram()
    /// Sweeps that were given up: another generation came, or the session ended.
    package internal(set) var abandonedSweeps: UInt64 = 0
    /// Actors that were live when a sweep began that came to its end.
    package internal(set) var sweptActors: UInt64 = 0
    /// Those of them that differed from the store, or had something under way.
    package internal(set) var differingActors: UInt64 = 0
    /// Actors that were dropped from memory because their session was over.
    package internal(set) var droppedActors: UInt64 = 0
    /// The times at which a drain began and at which all that could be released was.
    var drain: (began: ContinuousClock.Instant, ended: ContinuousClock.Instant?)?
}

extension Host {
    /// The counts of the host.
    package var counts: HostCounts { hostCounts.withLock { $0 } }

    /// The time that the drain has taken so far, or took in all; zero before it.
    package var drainTime: Duration {
        guard let (began, ended) = counts.drain else { return .zero }
        return (ended ?? context.clock.now) - began
    }

    func noteDrain(began: ContinuousClock.Instant, ended: ContinuousClock.Instant? = nil) {
        hostCounts.withLock { $0.drain = (began, ended) }
    }

    /// The most actors that may be live here.
    package var liveLimit: Int { policy.liveLimit }

    /// The number of partitions, which does not change.
    package var partitionCount: Int { partitions.count }

    /// Has a partition tell its counts. It answers on its loop: late, or never, while that stands still.
    package func askPartition(_ number: Int, _ answer: @escaping @Sendable (PartitionCounts) -> Void) {
        partitions[number].post(.work { answer($0.presentCounts) })
    }
}
