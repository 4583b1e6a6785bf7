package import ActorRuntime

/// The encoding of a counter's commands, answers, events and states as words of text.
package struct CounterCodec: ActorCodec {
    package typealias Logic = CounterLogic

    package init() {}

    package func encode(state: CounterLogic.State) throws(CodecFailure) -> [UInt8] {
        Array("v1 \(state.value)".utf8)
    }

    package func decode(state bytes: [UInt8]) throws(CodecFailure) -> CounterLogic.State {
        let words = words(bytes)
        guard words.count == 2, words[0] == "v1", let value = Int64(words[1]) else {
            throw CodecFailure("no counter")
        }
        return CounterLogic.State(value: value)
    }

    package func encode(events: [CounterLogic.Event]) throws(CodecFailure) -> [UInt8] {
        let words = events.map { event in
            switch event {
            case .added(let amount): String(amount)
            }
        }
        return Array(words.joined(separator: " ").utf8)
    }

    package func replay(
        events bytes: [UInt8],
        onto state: inout CounterLogic.State,
        by decider: CounterLogic
    ) throws(CodecFailure) {
        for word in words(bytes) {
            guard let amount = Int64(word) else { throw CodecFailure("no event of a counter") }
            decider.evolve(&state, with: .added(amount))
        }
    }

    /// A number has no parts.
    package var split: (any StateSplit<CounterLogic>)? { nil }

    package func encode(command: CounterLogic.Command) throws(CodecFailure) -> [UInt8] {
        switch command {
        case .increment(let amount): Array("increment \(amount)".utf8)
        case .read: Array("read".utf8)
        case .readAnnounced(let version): Array("read \(version)".utf8)
        }
    }

    package func decode(command bytes: [UInt8]) throws(CodecFailure) -> CounterLogic.Command {
        let words = words(bytes)
        if words == ["read"] { return .read }
        if words.count == 2, words[0] == "read", let version = UInt64(words[1]) {
            return .readAnnounced(version)
        }
        guard words.count == 2, words[0] == "increment", let amount = Int64(words[1]) else {
            throw CodecFailure("no command of a counter")
        }
        return .increment(by: amount)
    }

    /// The node's name goes last: it may hold spaces.
    package func encode(answer: Answer<CounterLogic>) throws(CodecFailure) -> [UInt8] {
        let verdict =
            switch answer.verdict {
            case .accepted(let outcome, let state): "accepted \(outcome) \(state.value)"
            case .rejected(let rejection): "rejected \(rejection.rawValue) -"
            }
        return Array("\(verdict) \(answer.sequence) \(answer.node)".utf8)
    }

    package func decode(answer bytes: [UInt8]) throws(CodecFailure) -> Answer<CounterLogic> {
        let words = String(decoding: bytes, as: UTF8.self)
            .split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard words.count == 5, let sequence = UInt64(words[3]) else {
            throw CodecFailure("no answer of a counter")
        }
        let verdict: Answer<CounterLogic>.Verdict
        if words[0] == "accepted", let outcome = Int64(words[1]), let value = Int64(words[2]) {
            verdict = .accepted(outcome, CounterLogic.State(value: value))
        } else if words[0] == "rejected", let rejection = CounterLogic.Rejection(rawValue: String(words[1])) {
            verdict = .rejected(rejection)
        } else {
            throw CodecFailure("no verdict of a counter")
        }
        return Answer(verdict: verdict, sequence: sequence, node: String(words[4]))
    }

    private func words(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: " ")
    }
}
