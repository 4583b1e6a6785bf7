import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Closes a connection after too long a silence: a time in which no answer was owed and no head of a request
/// came to its end.
final class SilenceTimer {
    private let limit: TimeAmount
    /// True from the head of a request to the end of its answer.
    private var isBusy = false
    /// The end of the last answer, or the beginning of the connection.
    private var lastActive = NIODeadline.uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?

    init(_ limit: Duration) {
        self.limit = TimeAmount(limit)
    }

    /// The connection is active; may be said again.
    func start(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        lastActive = context.eventLoop.now
        schedule(in: limit, context)
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    func beginRequest() {
        isBusy = true
    }

    /// - Returns: the present time.
    @discardableResult
    func endAnswer(_ context: ChannelHandlerContext) -> NIODeadline {
        isBusy = false
        lastActive = context.eventLoop.now
        return lastActive
    }

    private func schedule(in time: TimeAmount, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            // Whoever is busy has other timers.
            let rest = self.isBusy ? self.limit : self.lastActive + self.limit - context.eventLoop.now
            guard rest > .zero else { return context.close(promise: nil) }
            self.schedule(in: rest, context)
        }
    }
}

@available(*, unavailable)
extension SilenceTimer: Sendable {}
