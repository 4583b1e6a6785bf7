/// One way of one proxied connection: decides which bytes leave when. A value; it touches no socket.
struct ProxyPipe {
    typealias Instant = ContinuousClock.Instant

    /// What is to be done now.
    enum Step: Equatable {
        /// Nothing, until then; nil for until something happens.
        case wait(until: Instant?)
        /// Write some of these, and say how many were.
        case write(ArraySlice<UInt8>)
        /// Tell the target that nothing more comes.
        case finish
        /// Reset the whole connection.
        case reset
    }

    private struct Parcel {
        var bytes: ArraySlice<UInt8>
        let due: Instant
    }

    /// How many bytes wait here before their sender is kept from sending more.
    static let capacity = 16 << 20

    private(set) var policy: TrafficPolicy
    private var parcels: [Parcel] = []
    /// How many bytes wait here.
    private(set) var queued = 0
    /// How many bytes vanished here.
    private(set) var lost = 0
    private var lastDue: Instant
    private var quietUntil: Instant
    /// How many bytes went through under the present instructions.
    private var passed = 0
    /// The source says nothing more.
    private(set) var isEnded = false
    /// The target was told so, or can not be told anything.
    private(set) var isFinished = false
    /// Whether bytes vanished, so that what follows them is no stream.
    private(set) var hasGap = false

    init(_ policy: TrafficPolicy, at now: Instant) {
        self.policy = policy
        lastDue = now
        quietUntil = now
    }

    var isOver: Bool { isEnded && isFinished }
    /// Whether bytes may be taken from the source.
    var wantsBytes: Bool { !isEnded && queued < Self.capacity }

    mutating func apply(_ new: TrafficPolicy, at now: Instant) {
        guard new != policy else { return }
        policy = new
        passed = 0
        quietUntil = now
    }

    /// - Parameter luck: from 0 to 1, how much of the jitter these bytes have.
    mutating func arrived(_ bytes: ArraySlice<UInt8>, at now: Instant, luck: Double) {
        guard !isFinished else { return }
        lastDue = max(lastDue, now + policy.delay + policy.jitter * luck)
        parcels.append(Parcel(bytes: bytes, due: lastDue))
        queued += bytes.count
    }

    mutating func sourceEnded() {
        isEnded = true
    }

    /// The target takes nothing more.
    mutating func targetBroke() {
        isFinished = true
        parcels = []
        queued = 0
    }

    mutating func next(at now: Instant) -> Step {
        guard !isFinished else { return .wait(until: nil) }
        switch policy.gate {
        case .held: return .wait(until: nil)
        case .lost:
            if !parcels.isEmpty || isEnded { hasGap = true }
            lost += queued
            parcels = []
            queued = 0
            return .wait(until: nil)
        case .open: break
        }
        guard let parcel = parcels.first else {
            guard isEnded else { return .wait(until: nil) }
            return lastDue > now ? .wait(until: lastDue) : .finish
        }
        let start = max(parcel.due, quietUntil)
        guard start <= now else { return .wait(until: start) }
        var most = parcel.bytes.count
        if let piece = policy.largestPiece { most = min(most, max(1, piece)) }
        if let rate = policy.bytesPerSecond { most = min(most, max(1, rate / 50)) }
        if let limit = policy.resetAfter {
            guard passed < limit else { return .reset }
            most = min(most, limit - passed)
        }
        return .write(parcel.bytes.prefix(most))
    }

    mutating func wrote(_ count: Int, at now: Instant) {
        guard count > 0, !parcels.isEmpty else { return }
        parcels[0].bytes = parcels[0].bytes.dropFirst(count)
        queued -= count
        passed += count
        if parcels[0].bytes.isEmpty { parcels.removeFirst() }
        if let rate = policy.bytesPerSecond {
            quietUntil = max(quietUntil, now) + .seconds(1) * count / max(1, rate)
        }
    }

    mutating func finished() {
        isFinished = true
    }
}
