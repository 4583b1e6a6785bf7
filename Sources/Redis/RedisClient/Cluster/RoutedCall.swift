internal import NIOCore

/// A call whose first attempt a server of the cluster did not execute, until it is over. Confined to its event loop.
final class RoutedCall: RedisLoopCall {
    private let call: any RedisLoopCall
    private let slot: UInt16
    private let cluster: RedisClusterClient
    private var attempt: RoutedAttempt
    /// Ends the call at its deadline.
    private var timer: Scheduled<Void>?
    private var isOver = false

    init(_ call: any RedisLoopCall, slot: UInt16, of cluster: RedisClusterClient) {
        self.call = call
        self.slot = slot
        self.cluster = cluster
        let patience = cluster.configuration.commandTimeout
        attempt = RoutedAttempt(deadline: .now + patience)
        timer = cluster.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) { [self] in
            // An attempt is under way: a pause never lasts that long.
            end(.failure(.timedOut(sent: true)))
        }
    }

    var script: RedisScript { call.script }
    var keyCount: Int { call.keyCount }
    var wordCount: Int { call.wordCount }

    func append(to command: inout RedisCommandWriter) { call.append(to: &command) }

    func received(_ outcome: Result<RedisValue, RedisError>) { end(outcome) }

    /// An attempt has failed.
    ///
    /// - Parameter client: that of the server; nil if there was none to ask.
    func failed(_ error: RedisError, at client: RedisClient?) {
        guard !isOver else { return }
        let asked = client?.node?.address ?? ServerAddress(host: "", port: 0)
        let verdict = attempt.take(error, asked: asked, now: .now, draw: cluster.jitter())
        switch verdict {
        case .over(let error): end(.failure(error))
        case .moved(let address, let pause):
            cluster.move(slot, to: address, toldBy: asked)
            proceed(after: pause) { $0.resend() }
        case .ask(let address, let pause):
            proceed(after: pause) { $0.ask(address) }
        case .again(let pause):
            cluster.topology.refresh()
            proceed(after: pause) { $0.resend() }
        case .reconnect(let pause):
            client?.reconnect(because: "the server redirects calls to itself")
            cluster.topology.refresh()
            proceed(after: pause) { $0.resend() }
        }
    }

    private func proceed(after pause: Duration, _ step: @escaping (RoutedCall) -> Void) {
        guard pause > .zero else { return step(self) }
        guard cluster.beginWaiting() else { return end(.failure(.overloaded)) }
        _ = cluster.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [self] in
            cluster.endWaiting()
            if !isOver { step(self) }
        }
    }

    /// Asks the server to which the slot belongs by now.
    private func resend() { cluster.submit(LoopAttempt(self, slot: slot)) }

    private func ask(_ address: ServerAddress) {
        let isSent = cluster.submit(LoopAttempt(self, slot: slot, isAsking: true), to: address)
        if !isSent { failed(.notConnected(reason: "no primary is known at \(address)"), at: nil) }
    }

    func end(_ outcome: Result<RedisValue, RedisError>) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        call.received(outcome)
    }
}

@available(*, unavailable)
extension RoutedCall: Sendable {}
