/// What Redis told of itself, and how it was reached.
package struct RedisFacts: Sendable {
    /// The way to the server.
    package var server: ServerFacts
    /// `INFO`, by the names of its fields.
    package var info: [String: String] = [:]
    /// The memory in use, bytes, some time after `info`; nil if Redis did not tell it again.
    package var laterMemory: UInt64?
    /// The time between the two.
    package var pause: Duration = .zero
    /// The settings that Redis told (`CONFIG GET`), by their names.
    package var settings: [String: String] = [:]
    /// The rights of a node that the user does not have; nil if Redis did not tell.
    package var missingRights: [String]?
    /// The durations of commands like a heartbeat, the shortest first.
    package var latencies: [Duration] = []
    /// The distance of Redis's clock from this machine's; nil if Redis did not tell.
    package var clock: ClockReading?
    /// The types of the cluster's keys; nil where they were not looked at.
    package var keys: KeyReading?
    /// The other databases of this Redis in which there is a cluster of the same name.
    package var namesakes: [Int] = []
    /// What Redis did not tell.
    package var refusals: [Refusal] = []

    package init(server: ServerFacts) {
        self.server = server
    }
}

/// Something that Redis did not tell.
package struct Refusal: Sendable, Equatable {
    /// The command that it refused.
    package var command: String
    /// What the command would have told, in words that end a sentence.
    package var subject: String
    /// In Redis's words, or the client's.
    package var reason: String
    /// False if Redis did not answer at all.
    package var isReply: Bool

    package init(_ command: String, of subject: String, reason: String, isReply: Bool = true) {
        self.isReply = isReply
        self.command = command
        self.subject = subject
        self.reason = reason
    }
}

/// The distance of two clocks, from a question and its answer.
package struct ClockReading: Sendable, Equatable {
    /// Positive where Redis's clock shows a later time.
    package var ahead: Duration
    /// The distance may be wrong by as much, because the answer took time.
    package var uncertainty: Duration

    package init(ahead: Duration, uncertainty: Duration) {
        self.ahead = ahead
        self.uncertainty = uncertainty
    }
}

/// The types of the keys in a cluster's name space, as far as they were looked at.
package struct KeyReading: Sendable, Equatable {
    /// Keys of a type that no record has.
    package struct Stray: Sendable, Equatable {
        package var type: String
        package var count: Int
        /// The name of one of them.
        package var example: String

        package init(type: String, count: Int, example: String) {
            self.type = type
            self.count = count
            self.example = example
        }
    }

    package var examined = 0
    /// False if there were more keys than the examination looks at.
    package var isComplete = true
    package var strays: [Stray] = []

    package init() {}

    /// Counts a key.
    mutating func count(_ key: String, type: String) {
        examined += 1
        // A key may expire meanwhile.
        guard type != "hash", type != "none" else { return }
        // The id of a server's data set, in a Redis Cluster.
        if type == "string", key.hasSuffix("}:gen") { return }
        if let at = strays.firstIndex(where: { $0.type == type }) {
            strays[at].count += 1
        } else {
            strays.append(Stray(type: type, count: 1, example: key))
        }
    }
}
