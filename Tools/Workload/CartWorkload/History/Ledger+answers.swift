/// What answers say, and which of them can not be.
extension Ledger {
    mutating func answered(_ place: Int, _ reply: Reply, at time: Duration) {
        let attempt = attempts[place]
        attempts[place].answeredAt = time.nanoseconds
        attempts[place].isReplay = reply.isReplay
        attempts[place].isUnreached = reply.isUnreached
        if let flaw = reply.flaw { hold(.reply, at: time, "errand \(attempt.errand): \(flaw)") }
        let counts = !isAmnesty && Int(attempt.era) == eras.count
        switch reply.fate {
        case .done(let showing):
            attempts[place].fate = .done
            attempts[place].version = showing?.version ?? 0
            acknowledge(attempt, reply, counts: counts, at: time)
        case .rejected(let rejection):
            attempts[place].fate = .rejected
            if attempt.change >= 0 { changes[Int(attempt.change)].close() }
            if counts { reject(attempt, rejection, at: time) }
        case .notApplied:
            attempts[place].fate = .notApplied
            if attempt.change >= 0 { changes[Int(attempt.change)].close() }
        case .unknown:
            attempts[place].fate = .unknown
        }
    }

    private mutating func acknowledge(
        _ attempt: AttemptRecord,
        _ reply: Reply,
        counts: Bool,
        at time: Duration
    ) {
        let showing = reply.showing
        if attempt.change >= 0 {
            changes[Int(attempt.change)].close()
            changes[Int(attempt.change)].isAcknowledged = true
        }
        guard counts else { return }
        if let showing {
            guard showing.version > 0 else {
                return hold(.reply, at: time, "errand \(attempt.errand): shown at version 0")
            }
            if case .contradicts = era.log.take(showing) {
                let lines = showing.lines.map { "\($0.quantity) \($0.article.sku)" }
                hold(
                    .versions,
                    at: time,
                    "version \(showing.version) was shown with other lines than to errand \(attempt.errand),"
                        + " which saw \(lines)"
                )
            }
        } else if !reply.isReplay {
            return hold(.reply, at: time, "errand \(attempt.errand): done, and no cart is shown")
        }
        // What a replay shows is the cart as it is now, as a look does.
        if let showing, attempt.change < 0 || reply.isReplay, showing.version < attempt.floor {
            goesBack(attempt, showing.version, reply.owner, at: time)
        }
        if attempt.change >= 0 { settle(Int(attempt.change), attempt, reply, at: time) }
        if attempt.errand.client == 0 { wasInspected = true }
        if let showing, showing.version > floor {
            floor = showing.version
            floorClient = attempt.errand.client
            floorOwner = reply.owner
        }
    }

    /// A change is done: at which version?
    private mutating func settle(_ place: Int, _ attempt: AttemptRecord, _ reply: Reply, at time: Duration) {
        let change = changes[place]
        let shown = reply.showing?.version
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
            if floorClient == attempt.errand.client {
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
            "errand \(attempt.errand) (\(what)), sent at \(Duration.nanoseconds(attempt.sentAt).inSeconds),"
                + " was answered\(by) at version \(version), when version \(attempt.floor) had been seen before"
        )
    }

    private mutating func reject(_ attempt: AttemptRecord, _ rejection: Reply.Rejection, at time: Duration) {
        switch rejection {
        case .cartMissing:
            if attempt.errand.client == 0 { wasInspected = true }
            guard attempt.floor > 0 else { return }
            hold(
                .kept,
                at: time,
                "errand \(attempt.errand) found no cart, where version \(attempt.floor) had been seen before"
            )
        case .lineMissing:
            guard attempt.change >= 0, let line = changes[Int(attempt.change)].action.line else {
                return hold(.reply, at: time, "errand \(attempt.errand), about no line, found it missing")
            }
            era.missing.append(
                Missing(change: Int(attempt.change), line: line, at: time, sent: changes.count)
            )
            // It was decided on a later version than any that has the line.
            if era.log.latest.contains(where: { $0.id == line }) { floor = max(floor, era.log.version + 1) }
        case .full:
            break
        case .other(let why):
            hold(.reply, at: time, "errand \(attempt.errand) was refused for no reason of its own: \(why)")
        }
    }
}

extension Action {
    /// The line that it changes.
    var line: UInt32? {
        switch self {
        case .setQuantity(let line, _), .remove(let line): line
        case .create, .add, .look: nil
        }
    }
}

extension Change: CustomStringConvertible {
    /// One attempt has ended with a definite answer.
    mutating func close() {
        open -= 1
    }

    var description: String { "errand \(errand) (\(action), sent at \(sentAt.inSeconds))" }
}
