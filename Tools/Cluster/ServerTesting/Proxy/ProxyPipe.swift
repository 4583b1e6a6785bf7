/// One direction of one proxied connection: decides which bytes leave when. It touches no socket.
struct ProxyPipe {
    typealias Instant = ContinuousClock.Instant

    /// The next action for the owner of the sockets.
    enum Step: Equatable {
        /// Do nothing until then; nil for until the next event.
        case wait(until: Instant?)
        /// Write some of these bytes, and report the number by `wrote`.
        case write(ArraySlice<UInt8>)
        /// Tell the target that the stream has ended, and report it by `finished`.
        case finish
        /// Reset the whole connection.
        case reset
    }

    private struct Chunk {
        var bytes: ArraySlice<UInt8>
        let due: Instant
    }

    /// The number of waiting bytes from which on the pipe takes no more from its source.
    static let capacity = 16 << 20

    private(set) var policy: TrafficPolicy
    private var chunks: [Chunk] = []
    /// The number of bytes that wait here.
    private(set) var queued = 0
    /// The number of bytes that were dropped here.
    private(set) var lost = 0
    private var lastDue: Instant
    private var throttledUntil: Instant
    /// The number of bytes written under the present policy.
    private var passed = 0
    /// The source has ended its stream.
    private(set) var isEnded = false
    /// The target was told so, or accepts nothing more.
    private(set) var isFinished = false
    /// Bytes, or the end of the stream, were dropped, so that later bytes would not be the same stream.
    private(set) var hasGap = false

    init(_ policy: TrafficPolicy, at now: Instant) {
        self.policy = policy
        lastDue = now
        throttledUntil = now
    }

    var isOver: Bool { isEnded && isFinished }
    /// Bytes may be taken from the source.
    var wantsBytes: Bool { !isEnded && queued < Self.capacity }

    mutating func apply(_ new: TrafficPolicy, at now: Instant) {
        guard new != policy else { return }
        policy = new
        passed = 0
        throttledUntil = now
    }

    /// Takes in bytes from the source.
    ///
    /// - Parameter jitter: the part of the policy's jitter that these bytes get, from 0 to 1.
    mutating func arrived(_ bytes: ArraySlice<UInt8>, at now: Instant, jitter: Double) {
        guard !isFinished else { return }
        lastDue = max(lastDue, now + policy.delay + policy.jitter * jitter)
        chunks.append(Chunk(bytes: bytes, due: lastDue))
        queued += bytes.count
    }

    mutating func sourceEnded() {
        isEnded = true
    }

    /// The target accepts nothing more.
    mutating func targetBroke() {
        isFinished = true
        chunks = []
        queued = 0
    }

    mutating func next(at now: Instant) -> Step {
        guard !isFinished else { return .wait(until: nil) }
        switch policy.gate {
        case .held: return .wait(until: nil)
        case .lost:
            if !chunks.isEmpty || isEnded { hasGap = true }
            lost += queued
            chunks = []
            queued = 0
            return .wait(until: nil)
        case .open: break
        }
        guard let chunk = chunks.first else {
            guard isEnded else { return .wait(until: nil) }
            return lastDue > now ? .wait(until: lastDue) : .finish
        }
        let start = max(chunk.due, throttledUntil)
        guard start <= now else { return .wait(until: start) }
        var most = chunk.bytes.count
        if let piece = policy.largestPiece { most = min(most, max(1, piece)) }
        if let rate = policy.bytesPerSecond { most = min(most, max(1, rate / 50)) }
        if let limit = policy.resetAfter {
            guard passed < limit else { return .reset }
            most = min(most, limit - passed)
        }
        return .write(chunk.bytes.prefix(most))
    }

    mutating func wrote(_ count: Int, at now: Instant) {
        guard count > 0, !chunks.isEmpty else { return }
        chunks[0].bytes = chunks[0].bytes.dropFirst(count)
        queued -= count
        passed += count
        if chunks[0].bytes.isEmpty { chunks.removeFirst() }
        if let rate = policy.bytesPerSecond {
            throttledUntil = max(throttledUntil, now) + .seconds(1) * count / max(1, rate)
        }
    }

    mutating func finished() {
        isFinished = true
    }
}
