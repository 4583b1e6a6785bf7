/// The recovery of carts after a fault, as their clients experienced it.
package struct Recovery: Hashable, Sendable {
    /// The time of the fault since the run began.
    package let at: Duration
    /// The time from the fault to the first success of a change that was sent after it, on any cart; nil if
    /// none succeeded.
    package let first: Duration?
    /// The number of carts with a change attempt that failed, got no answer or took long, before a change
    /// that was sent after the fault succeeded.
    package let hurt: Int
    /// The time from the fault until no attempt failed or waited any more, on the slowest of the carts that
    /// recovered; nil if there was none.
    package let worst: Duration?
    /// The number of hurt carts that had no successful change afterwards.
    package let lost: Int

    /// An attempt that took longer than this was waiting.
    package static let slow: Duration = .seconds(1)

    /// - Parameters:
    ///   - attempts: all attempts of a history.
    ///   - fault: the time of the fault.
    ///   - next: the time of the next fault; attempts that were sent later do not count.
    ///   - forgives: attempts at nodes that accepted no connection do not count, as a client that knows other
    ///     nodes finds the cart there at once.
    package init(
        _ attempts: [Attempt],
        after fault: Duration,
        until next: Duration? = nil,
        forgivingUnreached forgives: Bool = true
    ) {
        var carts: [Int: [Attempt]] = [:]
        for attempt in attempts where !attempt.isRead && attempt.outcome != .rejected {
            if forgives, attempt.isUnreached { continue }
            guard next.map({ attempt.sentAt < $0 }) ?? true else { continue }
            guard attempt.answeredAt.map({ $0 >= fault }) ?? true else { continue }
            carts[attempt.cart, default: []].append(attempt)
        }
        var (first, worst): (Duration?, Duration?) = (nil, nil)
        var (hurt, lost) = (0, 0)
        for attempts in carts.values {
            let success = attempts.filter { $0.outcome == .done && $0.sentAt >= fault }.compactMap(
                \.answeredAt
            )
            .min()
            if let success { first = min(first ?? success, success) }
            let troubled = attempts.filter { $0.isTroubled && $0.sentAt <= success ?? $0.sentAt }
            guard !troubled.isEmpty else { continue }
            hurt += 1
            guard let success else {
                lost += 1
                continue
            }
            let over = troubled.map { min($0.answeredAt ?? success, success) }.max() ?? success
            worst = max(worst ?? over, over)
        }
        at = fault
        self.first = first.map { $0 - fault }
        self.worst = worst.map { $0 - fault }
        self.hurt = hurt
        self.lost = lost
    }

    /// Violations of I9: changes that failed although they were sent later than a bound after the end of a
    /// fault. Attempts at nodes that accepted no connection do not count, nor does what the next fault can
    /// have hit.
    ///
    /// - Parameters:
    ///   - end: the time at which the fault was over.
    ///   - bound: the length of a lease and five seconds.
    ///   - next: the time of the next fault; nil if there is none.
    package static func violations(
        _ attempts: [Attempt],
        end: Duration,
        bound: Duration,
        until next: Duration? = nil
    ) -> [Violation] {
        attempts.compactMap { attempt in
            guard attempt.sentAt >= end + bound, !attempt.isUnreached else { return nil }
            if let next, attempt.answeredAt.map({ $0 >= next }) ?? true { return nil }
            switch attempt.outcome {
            case .done, .rejected:
                return nil
            case .pending, .notApplied, .unknown:
                return Violation(
                    .recovery,
                    cart: attempt.cart,
                    at: attempt.sentAt,
                    "operation \(attempt.operation) failed (\(attempt.outcome))"
                        + " \((attempt.sentAt - end).inSeconds) after the fault was over;"
                        + " the bound is \(bound.inSeconds)"
                )
            }
        }
    }
}

extension Attempt {
    fileprivate var isTroubled: Bool {
        switch outcome {
        case .pending, .notApplied, .unknown: true
        case .done: answeredAt.map { $0 - sentAt > Recovery.slow } ?? true
        case .rejected: false
        }
    }
}
