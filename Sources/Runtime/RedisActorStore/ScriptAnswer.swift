internal import ActorRuntime
internal import RedisClient

/// The subject of a failure: a script, and its actor or key. Only a failure makes a text of it.
struct ScriptSubject: Sendable, CustomStringConvertible {
    enum Object: Sendable {
        case actor(ActorID)
        case key(String)
    }

    let script: RedisScript
    let object: Object

    var description: String {
        switch object {
        case .actor(let id): "\(script.name) of actor \(id)"
        case .key(let key): "\(script.name) in \(key)"
        }
    }
}

/// The answer of a script: a word, and its values. A word without values comes as a text, which costs Redis
/// less than an array.
///
/// On the hot path.
struct ScriptAnswer {
    let word: String
    private let reply: RedisValue
    private let subject: ScriptSubject

    /// - Throws: `unreadable` if the script found a key that is not a record; `refused` if Redis refused one
    ///   of its commands before it had changed anything; `unanswered` for a reply that is not an answer of a
    ///   script.
    init(_ reply: RedisValue, about subject: ScriptSubject) throws(StoreFailure) {
        self.reply = reply
        self.subject = subject
        guard let word = Self.value(0, of: reply).flatMap(Self.text) else {
            throw .unanswered("\(subject): unexpected reply of Redis")
        }
        self.word = word
        switch word {
        case "TYPE": throw .unreadable("\(subject): the key holds a \(try text(1))")
        case "DENIED": throw .refused("\(subject): \(try text(1))")
        case "CORRUPT": throw .unreadable("\(subject): the field `\(try text(1))` is corrupted")
        default: break
        }
    }

    /// The failure for an answer that the script never gives.
    var unexpected: StoreFailure { .unanswered("\(subject): unexpected answer `\(word)`") }

    func text(_ index: Int) throws(StoreFailure) -> String {
        guard let text = Self.value(index, of: reply).flatMap(Self.text) else { throw unexpected }
        return text
    }

    func number(_ index: Int) throws(StoreFailure) -> UInt64 {
        guard let number = UInt64(try text(index)) else { throw unexpected }
        return number
    }

    /// The names and values of a nested `HGETALL`.
    func fields(_ index: Int) throws(StoreFailure) -> [(name: [UInt8], value: [UInt8])] {
        guard case .array(let flat)? = Self.value(index, of: reply), let fields = flat.pairs else {
            throw unexpected
        }
        return fields
    }

    private static func value(_ index: Int, of reply: RedisValue) -> RedisValue? {
        switch reply {
        case .array(let values): values.indices.contains(index) ? values[index] : nil
        case .bulk: index == 0 ? reply : nil
        case .simple, .integer, .null, .error, .tooLarge: nil
        }
    }

    private static func text(_ value: RedisValue) -> String? {
        switch value {
        case .simple(let text): text
        case .bulk(let bytes): String(utf8: bytes)
        case .integer(let number): String(number)
        case .null, .array, .error, .tooLarge: nil
        }
    }
}
