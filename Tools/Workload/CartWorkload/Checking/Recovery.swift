/// How long carts were out of reach after a fault, as their clients saw it.
package struct Recovery: Hashable, Sendable {
    /// When the fault struck, since the run began.
    package let at: Duration
    /// Until the first change that was sent after the fault succeeded, on any cart; nil if none did.
    package let first: Duration?
    /// How many carts had an attempt to change them fail, go unanswered or take long, before one succeeded that was sent
    /// after the fault.
    package let hurt: Int
    /// Of those that recovered, how long the last one took until nobody waited for it or was refused by it any more; nil if
    /// none was hurt.
    package let worst: Duration?
    /// How many of those that were hurt had no change succeed any more.
    package let lost: Int

    /// What takes longer than this was waiting.
    package static let slow: Duration = .seconds(1)

    /// - Parameters:
    ///   - attempts: all of a history.
    ///   - fault: when it struck.
    ///   - next: when the next one struck; what was sent later does not count.
    ///   - forgives: whether attempts at nodes that took no connection do not count: a client that has other nodes finds
    ///     the cart there at once.
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

    /// I9: every change that was sent later than a bound after the end of a fault, and before the next, succeeded, but for
    /// those at nodes that took no connection.
    ///
    /// - Parameters:
    ///   - end: when the fault was over.
    ///   - bound: the length of a lease and five seconds.
    ///   - next: when the next fault struck; nil if none did.
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
                    "operation \(attempt.operation) failed (\(attempt.outcome)), \((attempt.sentAt - end).inSeconds)"
                        + " after the fault was over; the bound is \(bound.inSeconds)"
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
