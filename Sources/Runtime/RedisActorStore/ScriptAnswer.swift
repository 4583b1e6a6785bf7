internal import ActorRuntime
internal import RedisClient

/// The answer of a script: a word, and its values. A word without values comes as a text, which costs Redis
/// less than an array.
struct ScriptAnswer {
    let word: String
    private let values: [RedisValue]
    private let subject: String

    /// - Parameter subject: the script and its actor or key, for messages.
    /// - Throws: `unreadable` if the script found a key that is not a record; `refused` if Redis refused one
    ///   of its commands before it had changed anything; `unanswered` for a reply that is not an answer of a
    ///   script.
    init(_ reply: RedisValue, about subject: String) throws(StoreFailure) {
        let values: [RedisValue] =
            switch reply {
            case .bulk: [reply]
            case .array(let values): values
            case .simple, .integer, .null, .error, .tooLarge: []
            }
        guard let first = values.first, let word = Self.text(first) else {
            throw .unanswered("\(subject): unexpected reply of Redis")
        }
        self.word = word
        self.values = values
        self.subject = subject
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
        guard values.indices.contains(index), let text = Self.text(values[index]) else { throw unexpected }
        return text
    }

    func number(_ index: Int) throws(StoreFailure) -> UInt64 {
        guard let number = UInt64(try text(index)) else { throw unexpected }
        return number
    }

    /// The names and values of a nested `HGETALL`.
    func fields(_ index: Int) throws(StoreFailure) -> [(name: [UInt8], value: [UInt8])] {
        guard values.indices.contains(index), case .array(let flat) = values[index], let fields = flat.pairs
        else { throw unexpected }
        return fields
    }

    private static func text(_ value: RedisValue) -> String? {
        switch value {
        case .simple(let text): text
        case .bulk(let bytes): String(validating: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        case .null, .array, .error, .tooLarge: nil
        }
    }
}
