internal import NIOCore

/// A call of a script by code on the event loop of its client: what is sent, and who receives the outcome.
///
/// On the hot path: no task, no continuation, no lock, and no box for the call, because it is an object. The
/// benchmarks of a node's changes guard it.
package protocol RedisLoopCall: AnyObject {
    /// The script to run.
    var script: RedisScript { get }
    /// The number of keys.
    var keyCount: Int { get }
    /// The number of keys and arguments.
    var wordCount: Int { get }

    /// Appends the keys, then the arguments: as many as announced, and the same for every attempt. Must not
    /// call the client.
    func append(to command: inout RedisCommandWriter)

    /// Receives the outcome: once for each call, on the loop, and never before the call has returned. May call
    /// the client again.
    func received(_ outcome: Result<RedisValue, RedisError>)
}

extension RedisClient {
    /// Runs a script as `call(_:keys:arguments:)` does, for code on this client's event loop. The object
    /// receives the outcome.
    ///
    /// Calls leave in the order in which they are made, those of one turn of the loop in one write.
    package func call(_ call: any RedisLoopCall) {
        submit(LoopAttempt(call))
    }

    /// Sends the command of an attempt.
    func submit(_ attempt: LoopAttempt) {
        let refusal = withConnection { $0.submit(attempt) }
        guard let refusal else { return }
        let bound = NIOLoopBound(attempt, eventLoop: eventLoop)
        eventLoop.execute { self.finish(bound.value, with: .failure(refusal)) }
    }

    /// The command of an attempt has this outcome.
    func finish(_ attempt: LoopAttempt, with outcome: ScriptAttempts.Outcome) {
        var next = attempt
        switch next.attempts.take(outcome) {
        case .goOn: submit(next)
        case .over(.failure(let error)):
            if let router {
                router.failed(attempt, with: error, at: self)
            } else {
                attempt.call.received(.failure(error))
            }
        case .over(let outcome): attempt.call.received(outcome)
        }
    }
}

/// An attempt of a call.
struct LoopAttempt {
    let call: any RedisLoopCall
    /// The slot of the key in a Redis Cluster; 0 elsewhere.
    let slot: UInt16
    /// True if the server is asked for a slot that is still on its way to it.
    let isAsking: Bool
    fileprivate(set) var attempts = ScriptAttempts()

    init(_ call: any RedisLoopCall, slot: UInt16 = 0, isAsking: Bool = false) {
        self.call = call
        self.slot = slot
        self.isAsking = isAsking
    }

    /// The commands to send directly before.
    var preface: RedisPipeline? {
        switch attempts.step {
        case .run where isAsking, .loadAndRun where isAsking:
            // A script that the server does not have would use up the word.
            var pipeline = call.script.load
            pipeline.append("ASKING")
            return pipeline
        case .run, .load: return nil
        case .loadAndRun: return call.script.load
        }
    }

    /// Appends the command.
    func append(to commands: inout RedisCommandWriter) {
        switch attempts.step {
        case .run, .loadAndRun:
            commands.append(call.script, keys: call.keyCount, words: call.wordCount) { call.append(to: &$0) }
        case .load:
            commands.append(call.script.load.commands)
        }
    }
}
