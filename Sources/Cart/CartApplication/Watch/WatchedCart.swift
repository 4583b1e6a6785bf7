/// Decides for one cart when it is read for its watchers on this node, and which of them a read serves.
///
/// One read is under way at a time. The watcher that needs one first makes it; those that come meanwhile
/// wait, and are served by it as far as it can tell them what they want to know. One of the rest makes the
/// next read.
struct WatchedCart: Equatable, Sendable {
    typealias Instant = ContinuousClock.Instant

    enum State: Equatable, Sendable {
        /// No read is under way and nobody waits. Can become `reading`.
        case resting
        /// One watcher reads, others may wait. Can become `resting`, or `reading` for one of those who wait.
        case reading(Read, waiting: [WatcherID: Waiter])
    }

    /// One read of the cart.
    struct Read: Equatable, Sendable {
        let number: Int
        let reader: WatcherID
        let terms: ReadTerms
        let began: Instant
        /// True if a watcher found a newer version by itself since the read began.
        var isOvertaken = false
    }

    /// A watcher that waits for a read.
    struct Waiter: Equatable, Sendable {
        let need: WatchNeed
        /// The number of the read that was under way when it came.
        let since: Int
    }

    /// The next step of a watcher.
    enum Action: Equatable, Sendable {
        /// Show this, if it is not shown yet.
        case show(CartUpdate)
        /// Read the cart and report the result.
        case read(ReadTerms)
        /// Wait for the read that is under way.
        case wait
        /// The cart cannot be read, or is not there.
        case fail(WatchFailure)
    }

    /// The result of a read.
    enum ReadResult: Equatable, Sendable {
        case found(CartUpdate)
        /// The cart is at the version that the terms name.
        case unchanged
        case failed(WatchFailure)
        /// The reader left before it had an answer.
        case abandoned
    }

    /// The age up to which a read serves a watcher without any particular news.
    static var recency: Duration { .seconds(2) }

    private(set) var state: State = .resting
    /// The newest update that is known; nil for none.
    private(set) var latest: CartUpdate?
    /// The newest version that was heard of and not found yet.
    private var announced: UInt64?
    /// The beginning of the last read that found everything that was announced.
    private var upToDateAt: Instant?
    /// The number of reads that began.
    private var reads = 0

    /// A watcher has some need, and waits for nothing else.
    mutating func watcher(_ watcher: WatcherID, needs need: WatchNeed, at now: Instant) -> Action {
        var need = need
        if case .version(let version) = need, let known = latest?.version, version < known {
            // The news is late, or the store lost data and the cart is older now.
            need = .freshRead
        } else if case .version(let version) = need, version > latest?.version ?? 0 {
            announced = max(announced ?? 0, version)
        }
        if let latest, isMet(need, by: latest, at: now) { return .show(latest) }
        switch state {
        case .resting:
            return .read(begin(by: watcher, at: now, waiting: [:]))
        case .reading(let read, var waiting):
            // The state lets go of the waiters first, so that they are not copied.
            state = .resting
            waiting[watcher] = Waiter(need: need, since: read.number)
            state = .reading(read, waiting: waiting)
            return .wait
        }
    }

    /// A watcher's read ended.
    ///
    /// - Returns: what it does next, and what those do that do not wait for this read any more.
    mutating func reader(
        _ reader: WatcherID,
        got result: ReadResult,
        at now: Instant
    ) -> [WatcherID: Action] {
        guard case .reading(let read, var waiting) = state, read.reader == reader else { return [:] }
        state = .resting
        take(result, of: read)
        var actions: [WatcherID: Action] = [:]
        if let action = action(after: result) {
            actions[reader] = action
            for (watcher, waiter) in waiting where serves(waiter, read) {
                actions[watcher] = action
                waiting[watcher] = nil
            }
        }
        if let next = waiting.keys.min() {
            waiting[next] = nil
            actions[next] = .read(begin(by: next, at: now, waiting: waiting))
        }
        return actions
    }

    /// A watcher found an update by itself, in a read of its own.
    mutating func found(_ update: CartUpdate) {
        guard update.version > latest?.version ?? 0 else { return }
        latest = update
        forgetAnnouncement(upTo: update.version)
        if case .reading(var read, let waiting) = state {
            read.isOvertaken = true
            state = .reading(read, waiting: waiting)
        }
    }

    /// A watcher does not wait any more.
    mutating func stopWaiting(_ watcher: WatcherID) {
        guard case .reading(let read, var waiting) = state else { return }
        state = .resting
        waiting[watcher] = nil
        state = .reading(read, waiting: waiting)
    }

    private mutating func begin(
        by reader: WatcherID,
        at now: Instant,
        waiting: [WatcherID: Waiter]
    ) -> ReadTerms {
        reads += 1
        let terms = ReadTerms(known: latest?.version, announced: latest == nil ? nil : announced)
        state = .reading(Read(number: reads, reader: reader, terms: terms, began: now), waiting: waiting)
        return terms
    }

    private func isMet(_ need: WatchNeed, by latest: CartUpdate, at now: Instant) -> Bool {
        switch need {
        case .version(let version): latest.version >= version
        case .freshRead: false
        case .recentRead: announced == nil && upToDateAt.map { now - $0 < Self.recency } ?? false
        }
    }

    private mutating func take(_ result: ReadResult, of read: Read) {
        switch result {
        case .found(let update):
            // An older version than before is news as well, where the store lost data; not where the answer
            // is late.
            if !read.isOvertaken || update.version > latest?.version ?? 0 { latest = update }
            settle(read)
        case .unchanged:
            settle(read)
        case .failed(.rejected):
            latest = nil
        case .failed(.host), .abandoned:
            // The read may have been for announcements that were missed.
            upToDateAt = nil
        }
    }

    /// The owner answered: what it was asked for and did not have need not be asked for again.
    private mutating func settle(_ read: Read) {
        let wasAnnounced = announced
        forgetAnnouncement(upTo: max(latest?.version ?? 0, read.terms.announced ?? 0))
        let foundAll = wasAnnounced.map { $0 <= latest?.version ?? 0 } ?? true
        upToDateAt = foundAll ? read.began : nil
    }

    private mutating func forgetAnnouncement(upTo version: UInt64) {
        if let announced, announced <= version { self.announced = nil }
    }

    private func action(after result: ReadResult) -> Action? {
        switch result {
        case .found, .unchanged: latest.map { .show($0) }
        case .failed(let failure): .fail(failure)
        case .abandoned: nil
        }
    }

    private func serves(_ waiter: Waiter, _ read: Read) -> Bool {
        if read.number > waiter.since { return true }
        return switch waiter.need {
        case .version(let version): max(latest?.version ?? 0, read.terms.announced ?? 0) >= version
        case .freshRead: false
        case .recentRead: true
        }
    }
}

/// A watcher of this node. Never used twice.
typealias WatcherID = UInt64

/// The state of a cart that a watcher needs.
enum WatchNeed: Equatable, Sendable {
    /// The cart at this version or a newer one, as it was announced.
    case version(UInt64)
    /// The cart as it is now: announcements may have been missed.
    case freshRead
    /// The cart as it was a moment ago: nothing was announced.
    case recentRead

    /// True for a version that was announced.
    var isAnnounced: Bool {
        switch self {
        case .version: true
        case .freshRead, .recentRead: false
        }
    }
}

/// The versions that a read tells the cart's owner.
struct ReadTerms: Equatable, Sendable {
    /// The version that the node knows; nil for none.
    let known: UInt64?
    /// A newer version that was announced; nil for none.
    let announced: UInt64?
}
