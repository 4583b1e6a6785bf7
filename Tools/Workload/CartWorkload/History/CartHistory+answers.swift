import Timing

// The recording of answers, and the checks that need nothing else.
extension CartHistory {
    mutating func answered(_ place: Int, _ reply: AttemptResult, at time: Duration) {
        let attempt = attempts[place]
        var reply = reply
        // A retired key may also have been another operation's, which no reply tells.
        if attempt.change >= 0, changes[Int(attempt.change)].isReuse, reply.isReplay, reply.observation == nil
        {
            reply.outcome = .rejected(.keyReused)
        }
        attempts[place].answeredAt = time.wholeNanoseconds
        attempts[place].isReplay = reply.isReplay
        attempts[place].isUnreached = reply.isUnreached
        if let flaw = reply.flaw { report(.reply, at: time, "operation \(attempt.operation): \(flaw)") }
        let counts = !isInLossWindow && Int(attempt.era) == eras.count
        switch reply.outcome {
        case .done(let observation):
            attempts[place].outcome = .done
            attempts[place].version = observation?.version ?? 0
            if counts, let observation { bound(by: observation.version, of: place) }
            acknowledge(attempt, reply, counts: counts, at: time)
        case .rejected(let rejection):
            attempts[place].outcome = .rejected
            if attempt.change >= 0 { changes[Int(attempt.change)].refuse() }
            if counts {
                requireRecall(attempt, rejection, at: time)
                reject(attempt, rejection, in: reply, at: time)
            }
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
        } else if !reply.isReplay, action(of: attempt) != .delete {
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
        if change.mustBeRefused {
            report(.key, at: time, "\(change) was accepted under the key of another operation")
        }
        if let again = reply.committedAt ?? (reply.isReplay ? nil : shown) {
            let least = reply.isReplay ? change.floor : attempt.floor
            let isTooOld = change.makesVersion ? again <= least : again < least
            // Before a loss window it may have been made too, and was lost.
            let wasMade = change.acknowledgedIn == eras.count
            if wasMade, let first = change.version, first != again, change.makesVersion {
                report(
                    .key,
                    at: time,
                    "\(change) was acknowledged at version \(first), and again at \(again)"
                )
            } else if isTooOld {
                reportOldVersion(again, in: reply, to: attempt, at: time)
            }
            if change.version == nil || !wasMade { changes[place].version = again }
            requireExpected(change, at: again, time)
            changes[place].acknowledgedIn = eras.count
        } else {
            changes[place].ceiling = min(change.ceiling ?? .max, shown ?? .max)
            changes[place].acknowledgedIn = eras.count
            // Without a key, an attempt that was not answered may have effect after the one that was.
            if shown == nil, change.isKeyed || change.open == 0 {
                unbounded.append((change: place, sent: attempts.count))
            }
        }
        if let version = changes[place].version, let shown, shown < version, change.makesVersion {
            report(
                .key,
                at: time,
                "\(change) was acknowledged at version \(version), but its answer shows version \(shown)"
            )
        }
    }

    /// Bounds the versions of changes that were acknowledged before an attempt was sent, by its answer.
    private mutating func bound(by version: UInt64, of attempt: Int) {
        unbounded.removeAll { change, sent in
            guard sent <= attempt else { return false }
            changes[change].ceiling = min(changes[change].ceiling ?? .max, version)
            return true
        }
    }

    /// Reports a change that was accepted at another version than its client expected.
    private mutating func requireExpected(_ change: ChangeRecord, at version: UInt64, _ time: Duration) {
        guard let expected = change.expected, version != expected + 1, !change.action.maySucceedAnyway else {
            return
        }
        if version == expected, !change.makesVersion { return }
        report(
            .condition,
            at: time,
            "\(change) was accepted at version \(version), but only if the cart was at version \(expected)"
        )
    }

    private func action(of attempt: AttemptRecord) -> Action {
        attempt.change < 0 ? .read : changes[Int(attempt.change)].action
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
        let action = action(of: attempt)
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
        in reply: AttemptResult,
        at time: Duration
    ) {
        if let version = reply.decidedAt, version > 0, version < attempt.floor {
            reportOldVersion(version, in: reply, to: attempt, at: time)
        }
        let action = action(of: attempt)
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
        case .cartDeleted:
            if attempt.operation.client == 0 { wasInspected = true }
            note(.deleted, attempt, at: time)
        case .ordered:
            note(.ordered, attempt, at: time)
        case .merged:
            note(.merged, attempt, at: time)
        case .lineMissing:
            guard let line = action.line else {
                return reportUnreasoned(attempt, "its line is missing", at: time)
            }
            note(.lineMissing(line), attempt, at: time)
            // It was decided at a later version than any that has the line.
            if era.log.latest.contains(where: { $0.id == line }) { floor = max(floor, era.log.version + 1) }
        case .versionMismatch(let actual):
            requireMismatch(attempt, actual, in: reply, at: time)
        case .keyReused:
            guard attempt.change >= 0, !changes[Int(attempt.change)].isReuse else { return }
            reportUnreasoned(attempt, "its key stands for another operation", at: time)
        case .empty:
            guard case .checkOut = action else {
                return reportUnreasoned(attempt, "the cart is empty", at: time)
            }
        case .mergeUnsettled, .source:
            guard case .merge = action else { return reportUnreasoned(attempt, "a merge", at: time) }
        case .full:
            break
        case .other(let why):
            reportUnreasoned(attempt, why, at: time)
        }
    }

    /// Reports the refusal of a change that the cart acknowledged before under the same key.
    private mutating func requireRecall(
        _ attempt: AttemptRecord,
        _ rejection: AttemptResult.Rejection,
        at time: Duration
    ) {
        guard attempt.change >= 0 else { return }
        let change = changes[Int(attempt.change)]
        if case .merge = change.action { return }
        guard change.isKeyed, change.acknowledgedIn == eras.count else { return }
        report(.key, at: time, "\(change) was acknowledged, and is then refused: \(rejection)")
    }

    private mutating func note(
        _ reason: Refusal.Reason,
        _ attempt: AttemptRecord,
        at time: Duration
    ) {
        era.refusals.append(
            Refusal(
                change: attempt.change < 0 ? nil : Int(attempt.change),
                operation: attempt.operation,
                reason: reason,
                at: time,
                sent: changes.count
            )
        )
    }

    /// Reports a refusal because of the version, unless the client expected another version.
    private mutating func requireMismatch(
        _ attempt: AttemptRecord,
        _ actual: UInt64?,
        in reply: AttemptResult,
        at time: Duration
    ) {
        guard attempt.change >= 0, let expected = changes[Int(attempt.change)].expected else {
            return reportUnreasoned(attempt, "it expects no version", at: time)
        }
        guard let actual else { return }
        if actual == expected {
            let change = changes[Int(attempt.change)]
            report(.condition, at: time, "\(change) was refused, although the cart was at that version")
        } else if actual < attempt.floor {
            reportOldVersion(actual, in: reply, to: attempt, at: time)
        }
    }

    private mutating func reportUnreasoned(_ attempt: AttemptRecord, _ why: String, at time: Duration) {
        report(.reply, at: time, "operation \(attempt.operation) gives no reason for its refusal: \(why)")
    }
}

extension ChangeRecord {
    /// Counts an attempt that got a definite answer.
    mutating func close() {
        open -= 1
    }

    /// Counts an attempt that was refused. A refused merge took nothing, but may have left its traces in both
    /// carts.
    mutating func refuse() {
        if case .merge = action { refusals += 1 } else { close() }
    }
}
