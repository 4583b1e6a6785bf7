/// What answers say, and which of them can not be.
extension CartHistory {
    mutating func answered(_ place: Int, _ reply: AttemptResult, at time: Duration) {
        let attempt = attempts[place]
        attempts[place].answeredAt = time.nanoseconds
        attempts[place].isReplay = reply.isReplay
        attempts[place].isUnreached = reply.isUnreached
        if let flaw = reply.flaw { hold(.reply, at: time, "operation \(attempt.operation): \(flaw)") }
        let counts = !isInLossWindow && Int(attempt.era) == eras.count
        switch reply.outcome {
        case .done(let observation):
            attempts[place].outcome = .done
            attempts[place].version = observation?.version ?? 0
            acknowledge(attempt, reply, counts: counts, at: time)
        case .rejected(let rejection):
            attempts[place].outcome = .rejected
            if attempt.change >= 0 { changes[Int(attempt.change)].close() }
            if counts { reject(attempt, rejection, at: time) }
        case .notApplied:
            attempts[place].outcome = .notApplied
            if attempt.change >= 0 { changes[Int(attempt.change)].close() }
        case .unknown:
            attempts[place].outcome = .unknown
        }
    }

    private mutating func acknowledge(
        _ attempt: AttemptRecord,
        _ reply: AttemptResult,
        counts: Bool,
        at time: Duration
    ) {
        let observation = reply.observation
        if attempt.change >= 0 {
            changes[Int(attempt.change)].close()
            changes[Int(attempt.change)].isAcknowledged = true
        }
        guard counts else { return }
        if let observation {
            guard observation.version > 0 else {
                return hold(.reply, at: time, "operation \(attempt.operation): shown at version 0")
            }
            if case .contradicts = era.log.take(observation) {
                let lines = observation.lines.map { "\($0.quantity) \($0.article.sku)" }
                hold(
                    .versions,
                    at: time,
                    "version \(observation.version) was shown with other lines than to operation \(attempt.operation),"
                        + " which saw \(lines)"
                )
            }
        } else if !reply.isReplay {
            return hold(.reply, at: time, "operation \(attempt.operation): done, and no cart is shown")
        }
        // What a replay shows is the cart as it is now, as a look does.
        if let observation, attempt.change < 0 || reply.isReplay, observation.version < attempt.floor {
            goesBack(attempt, observation.version, reply.owner, at: time)
        }
        if attempt.change >= 0 { settle(Int(attempt.change), attempt, reply, at: time) }
        if attempt.operation.client == 0 { wasInspected = true }
        if let observation, observation.version > floor {
            floor = observation.version
            floorClient = attempt.operation.client
            floorOwner = reply.owner
        }
    }

    /// A change is done: at which version?
    private mutating func settle(
        _ place: Int,
        _ attempt: AttemptRecord,
        _ reply: AttemptResult,
        at time: Duration
    ) {
        let change = changes[place]
        let shown = reply.observation?.version
        if let again = reply.isReplay ? reply.committedAt : shown {
            let least = reply.isReplay ? change.floor : attempt.floor
            let isTooOld = change.action == .create ? again < least : again <= least
            if let first = change.version, first != again, change.action != .create {
                hold(.key, at: time, "\(change) was done at version \(first), and again at \(again)")
            } else if isTooOld {
                goesBack(attempt, again, reply.owner, at: time)
            }
            if change.version == nil { changes[place].version = again }
            changes[place].acknowledgedIn = eras.count
        } else {
            changes[place].ceiling = min(change.ceiling ?? .max, shown ?? .max)
            changes[place].acknowledgedIn = eras.count
        }
        if let version = changes[place].version, let shown, shown < version, change.action != .create {
            hold(.key, at: time, "\(change) was done at version \(version), and is shown at \(shown)")
        }
    }

    private mutating func goesBack(
        _ attempt: AttemptRecord,
        _ version: UInt64,
        _ owner: String?,
        at time: Duration
    ) {
        let invariant: Invariant =
            if floorClient == attempt.operation.client {
                .session
            } else if let owner, let floorOwner, owner != floorOwner {
                .owner
            } else {
                .order
            }
        let what = attempt.change < 0 ? "look" : "\(changes[Int(attempt.change)].action)"
        let by = owner.map { " by \($0)" } ?? ""
        hold(
            invariant,
            at: time,
            "operation \(attempt.operation) (\(what)), sent at \(Duration.nanoseconds(attempt.sentAt).inSeconds),"
                + " was answered\(by) at version \(version), when version \(attempt.floor) had been seen before"
        )
    }

    private mutating func reject(
        _ attempt: AttemptRecord,
        _ rejection: AttemptResult.Rejection,
        at time: Duration
    ) {
        switch rejection {
        case .cartMissing:
            if attempt.operation.client == 0 { wasInspected = true }
            guard attempt.floor > 0 else { return }
            hold(
                .kept,
                at: time,
                "operation \(attempt.operation) found no cart, where version \(attempt.floor) had been seen before"
            )
        case .lineMissing:
            guard attempt.change >= 0, let line = changes[Int(attempt.change)].action.line else {
                return hold(
                    .reply,
                    at: time,
                    "operation \(attempt.operation), about no line, found it missing"
                )
            }
            era.missing.append(
                Missing(change: Int(attempt.change), line: line, at: time, sent: changes.count)
            )
            // It was decided on a later version than any that has the line.
            if era.log.latest.contains(where: { $0.id == line }) { floor = max(floor, era.log.version + 1) }
        case .full:
            break
        case .other(let why):
            hold(
                .reply,
                at: time,
                "operation \(attempt.operation) was refused for no reason of its own: \(why)"
            )
        }
    }
}

extension Action {
    /// The line that it changes.
    var line: UInt32? {
        switch self {
        case .setQuantity(let line, _), .remove(let line): line
        case .create, .add, .read: nil
        }
    }
}

extension ChangeRecord: CustomStringConvertible {
    /// One attempt has ended with a definite answer.
    mutating func close() {
        open -= 1
    }

    var description: String { "operation \(operation) (\(action), sent at \(sentAt.inSeconds))" }
}
