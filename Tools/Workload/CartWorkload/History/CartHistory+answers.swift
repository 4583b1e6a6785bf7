import Timing

// The recording of answers, and the checks that need nothing else.
extension CartHistory {
    mutating func answered(_ place: Int, _ reply: AttemptResult, at time: Duration) {
        let attempt = attempts[place]
        attempts[place].answeredAt = time.wholeNanoseconds
        attempts[place].isReplay = reply.isReplay
        attempts[place].isUnreached = reply.isUnreached
        if let flaw = reply.flaw { report(.reply, at: time, "operation \(attempt.operation): \(flaw)") }
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
                return report(.reply, at: time, "operation \(attempt.operation): the answer shows version 0")
            }
            if case .contradicts = era.log.insert(observation) {
                let lines = observation.lines.map { "\($0.quantity) \($0.article.sku)" }
                report(
                    .versions,
                    at: time,
                    "version \(observation.version) has two contents: operation \(attempt.operation)"
                        + " received \(lines)"
                )
            }
        } else if !reply.isReplay {
            return report(
                .reply,
                at: time,
                "operation \(attempt.operation): done, but the answer has no cart"
            )
        }
        // A replay shows the current cart, as a read does.
        if let observation, attempt.change < 0 || reply.isReplay, observation.version < attempt.floor {
            reportOldVersion(observation.version, in: reply, to: attempt, at: time)
        }
        if attempt.change >= 0 { settle(attempt, reply, at: time) }
        if attempt.operation.client == 0 { wasInspected = true }
        if let observation, observation.version > floor {
            floor = observation.version
            floorClient = attempt.operation.client
            floorOwner = reply.owner
        }
    }

    /// Records the version of an acknowledged change.
    private mutating func settle(_ attempt: AttemptRecord, _ reply: AttemptResult, at time: Duration) {
        let place = Int(attempt.change)
        let change = changes[place]
        let shown = reply.observation?.version
        if let again = reply.isReplay ? reply.committedAt : shown {
            let least = reply.isReplay ? change.floor : attempt.floor
            let isTooOld = change.action == .create ? again < least : again <= least
            if let first = change.version, first != again, change.action != .create {
                report(
                    .key,
                    at: time,
                    "\(change) was acknowledged at version \(first), and again at \(again)"
                )
            } else if isTooOld {
                reportOldVersion(again, in: reply, to: attempt, at: time)
            }
            if change.version == nil { changes[place].version = again }
            changes[place].acknowledgedIn = eras.count
        } else {
            changes[place].ceiling = min(change.ceiling ?? .max, shown ?? .max)
            changes[place].acknowledgedIn = eras.count
        }
        if let version = changes[place].version, let shown, shown < version, change.action != .create {
            report(
                .key,
                at: time,
                "\(change) was acknowledged at version \(version), but its answer shows version \(shown)"
            )
        }
    }

    /// Reports an answer at a version below one that some client had received before the request was sent.
    private mutating func reportOldVersion(
        _ version: UInt64,
        in reply: AttemptResult,
        to attempt: AttemptRecord,
        at time: Duration
    ) {
        let invariant: Invariant =
            if floorClient == attempt.operation.client {
                .session
            } else if let owner = reply.owner, let floorOwner, owner != floorOwner {
                .owner
            } else {
                .order
            }
        let action = attempt.change < 0 ? Action.read : changes[Int(attempt.change)].action
        let by = reply.owner.map { " by \($0)" } ?? ""
        let sentAt = Duration.nanoseconds(attempt.sentAt).inSeconds
        report(
            invariant,
            at: time,
            "operation \(attempt.operation) (\(action)), sent at \(sentAt), was answered\(by)"
                + " at version \(version), although version \(attempt.floor) had been received before"
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
            report(
                .kept,
                at: time,
                "operation \(attempt.operation) found no cart, although version \(attempt.floor)"
                    + " had been received before"
            )
        case .lineMissing:
            guard attempt.change >= 0, let line = changes[Int(attempt.change)].action.line else {
                return report(
                    .reply,
                    at: time,
                    "operation \(attempt.operation) names no line, but found it missing"
                )
            }
            era.missing.append(
                Missing(change: Int(attempt.change), line: line, at: time, sent: changes.count)
            )
            // It was decided at a later version than any that has the line.
            if era.log.latest.contains(where: { $0.id == line }) { floor = max(floor, era.log.version + 1) }
        case .full:
            break
        case .other(let why):
            report(
                .reply,
                at: time,
                "operation \(attempt.operation) gives no reason for its refusal: \(why)"
            )
        }
    }
}

extension Action {
    /// The line that the action changes or removes; nil for an action without one.
    var line: UInt32? {
        switch self {
        case .setQuantity(let line, _), .remove(let line): line
        case .create, .add, .read: nil
        }
    }
}

extension ChangeRecord: CustomStringConvertible {
    /// Counts an attempt that got a definite answer.
    mutating func close() {
        open -= 1
    }

    var description: String { "operation \(operation) (\(action), sent at \(sentAt.inSeconds))" }
}
