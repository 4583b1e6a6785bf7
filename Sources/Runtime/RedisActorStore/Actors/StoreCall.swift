internal import ActorRuntime
internal import RedisClient

/// One step of the store for one actor, as the call of a script: what is asked, and what an answer means.
///
/// Every step is said once, for both sides of the store: the asynchronous one, and the one on a loop. On the
/// hot path.
protocol StoreCall: Sendable {
    associatedtype Answer: Sendable

    var id: ActorID { get }
    var script: RedisScript { get }
    /// The script that is asked with the same arguments if Redis refuses the first one for want of memory; nil
    /// if there is none.
    var spare: RedisScript? { get }
    /// The number of arguments.
    var argumentCount: Int { get }

    /// Appends the arguments.
    ///
    /// - Parameter keys: the names of the cluster's keys, for a script that reads one beside the record.
    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys)
    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> Answer

    /// The word of nearly all answers, and what it means; nil where no answer is so usual.
    var usualAnswer: (word: StaticString, meaning: Answer)? { get }
}

/// The meaning of a call's outcome.
enum StoreVerdict<Answer: Sendable>: Sendable {
    case answered(Answer)
    case failed(StoreFailure)
    /// The call is to be made with this script.
    case ask(RedisScript)
}

extension StoreCall {
    var spare: RedisScript? { nil }
    var usualAnswer: (word: StaticString, meaning: Answer)? { nil }

    /// The number of keys that a script declares: the record's alone, as all declared keys of a script must
    /// be in one slot of a Redis Cluster.
    var keyCount: Int { 1 }

    /// The number of keys and arguments.
    var wordCount: Int { keyCount + argumentCount }

    /// Appends the key and the arguments.
    func append(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        keys.append(id, to: &command)
        appendArguments(to: &command, in: keys)
    }

    /// The meaning of an outcome.
    ///
    /// - Parameter script: the one that was asked.
    func verdict(
        on outcome: Result<RedisValue, RedisError>,
        of script: RedisScript
    ) -> StoreVerdict<Answer> {
        if case .success(.bulk(let word)) = outcome, let usualAnswer, word.isText(usualAnswer.word) {
            return .answered(usualAnswer.meaning)
        }
        let subject = ScriptSubject(script: script, object: .actor(id))
        do throws(StoreFailure) {
            return .answered(try answer(try ScriptAnswer(outcome, about: subject)))
        } catch {
            guard case .failure(let cause) = outcome, cause.isWantOfMemory, script === self.script, let spare
            else { return .failed(error) }
            return .ask(spare)
        }
    }
}

extension ScriptAnswer {
    /// The answer in an outcome.
    init(_ outcome: Result<RedisValue, RedisError>, about subject: ScriptSubject) throws(StoreFailure) {
        switch outcome {
        case .success(let reply):
            try self.init(reply, about: subject)
        case .failure(let error):
            throw StoreFailure(error, about: "\(subject)", isRead: subject.script.onlyReads)
        }
    }
}

extension [UInt8] {
    /// True for the bytes of a text.
    fileprivate func isText(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { $0.count == count && $0.elementsEqual(self) }
    }
}

extension RedisError {
    fileprivate var isWantOfMemory: Bool {
        if case .server(let error) = self { error.code == "OOM" } else { false }
    }
}
