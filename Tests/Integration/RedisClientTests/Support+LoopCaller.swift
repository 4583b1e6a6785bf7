import NIOCore

@testable import RedisClient

/// Calls scripts on a client's event loop, and notes what comes of it.
final class LoopCaller: Sendable {
    /// The events that a test sees, in the order in which it happened.
    enum Event: Equatable, Sendable {
        /// A call has returned.
        case returned(String)
        /// A call has its outcome.
        case received(String, Result<RedisValue, RedisError>)
    }

    /// A call that answers its name.
    private final class Call: RedisLoopCall {
        let script: RedisScript
        let name: String
        let keyCount = 1
        let wordCount = 2
        private let caller: LoopCaller
        private let next: [String]

        init(_ name: String, of script: RedisScript, by caller: LoopCaller, next: [String]) {
            self.name = name
            self.script = script
            self.caller = caller
            self.next = next
        }

        func append(to command: inout RedisCommandWriter) {
            command.append("key")
            command.append(name)
        }

        func received(_ outcome: Result<RedisValue, RedisError>) {
            caller.client.eventLoop.preconditionInEventLoop()
            caller.note(.received(name, outcome))
            for name in next { caller.begin(name, next: []) }
        }
    }

    private let client: RedisClient
    private let script: RedisScript
    /// Everything that happened. The buffer is unbounded: a test calls a few times.
    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init(_ client: RedisClient, _ script: RedisScript) {
        self.client = client
        self.script = script
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    private func note(_ event: Event) { continuation.yield(event) }

    private func begin(_ name: String, next: [String]) {
        client.call(Call(name, of: script, by: self, next: next))
        note(.returned(name))
    }

    /// Makes calls in one turn of the loop.
    ///
    /// - Parameter next: the names of calls that each makes when it has its outcome.
    func call(_ names: [String], next: [String] = []) {
        client.eventLoop.execute { for name in names { self.begin(name, next: next) } }
    }

    /// Makes a call, and waits for its outcome.
    func outcome(_ name: String) async -> Result<RedisValue, RedisError>? {
        call([name])
        for await case .received(name, let outcome) in events { return outcome }
        return nil
    }

    /// The outcomes of so many calls, in the order in which they came.
    func outcomes(_ count: Int) async -> [(name: String, outcome: Result<RedisValue, RedisError>)] {
        var outcomes: [(name: String, outcome: Result<RedisValue, RedisError>)] = []
        for await event in events {
            if case .received(let name, let outcome) = event { outcomes.append((name, outcome)) }
            if outcomes.count == count { break }
        }
        return outcomes
    }
}
