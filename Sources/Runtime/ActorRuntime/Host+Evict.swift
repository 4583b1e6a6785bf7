import Ownership

extension Host {
    /// What became of an actor that was to be given up.
    package enum Eviction: Sendable, Hashable {
        /// The store has it, and nobody owns it.
        case released
        /// There was nothing to give up.
        case notLive
        /// It ended otherwise: the session was over, or somebody else was faster.
        case ended
        /// Something is under way that keeps it. It is given up as soon as that is finished.
        case unfinished
    }

    /// Gives one live actor up in good order. Whoever waits for it is served first, and whoever asks for it later
    /// makes it live again.
    ///
    /// - Parameter deadline: the instant at which this returns at the latest.
    package func evict(_ id: ActorID, until deadline: ContinuousClock.Instant) async -> Eviction {
        let partition = partition(of: id)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await self.context.clock.sleep(until: deadline)
                } catch {
                    return  // It is over.
                }
                partition.post(.work { $0.activation(at: id)?.endWaitForRetirement() })
            }
            let eviction = await withCheckedContinuation { continuation in
                partition.post(
                    .work { $0.evict(id, until: deadline) { continuation.resume(returning: $0) } }
                )
            }
            group.cancelAll()
            return eviction
        }
    }
}

extension Partition {
    fileprivate func activation(at id: ActorID) -> Activation<D>? { live.peek(id).map(activation) }

    fileprivate func evict(
        _ id: ActorID,
        until deadline: ContinuousClock.Instant,
        done: @escaping (Host<D>.Eviction) -> Void
    ) {
        guard let activation = activation(at: id) else { return done(.notLive) }
        activation.retire(because: .evicted, until: deadline) {
            switch activation.machine.state {
            case .ended(.released), .ended(.handedOver): done(.released)
            case .ended: done(.ended)
            case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying,
                .republishing, .releasing, .handingOver, .surrendering, .dormant, .reclaiming:
                done(.unfinished)
            }
        }
    }
}
