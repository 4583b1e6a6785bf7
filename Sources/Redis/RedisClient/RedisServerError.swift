/// An error reply of Redis.
package struct RedisServerError: Error, Sendable, Equatable {
    /// The kind of error: the reply's first word, `NOSCRIPT`, `OOM`, `WRONGTYPE`, …; `ERR` if it has none.
    package let code: String
    /// The rest of the reply.
    package let message: String

    /// An error with its parts.
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Parses the text of an error reply, without its leading `-`.
    package init(reply: String) {
        let head = reply.prefix { $0 != " " }
        let isCode =
            !head.isEmpty
            && head.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 == UInt8(ascii: "_") }
        self.code = isCode ? String(head) : "ERR"
        self.message = isCode ? String(reply.dropFirst(head.count + 1)) : reply
    }
}

extension RedisServerError {
    /// True if a running script raised the error. What the script wrote before stays.
    ///
    /// Redis appends the script's digest and line to such an error, and to no other:
    /// `… script: <sha>, on @user_script:2.`
    package var wasRaisedByScript: Bool {
        message.contains(" script: ") && message.contains(", on @user_script:")
    }
}

extension RedisServerError {
    /// True if Redis gave the error before it ran anything: the command certainly had no effect.
    ///
    /// False for every error that is not known to be one of these. A proxy that has passed a command on and
    /// gets no reply makes up an error of its own: `upstream failure` (Envoy), `ERR Connection timed out`
    /// (twemproxy).
    ///
    /// Source: `processCommand` of Redis 7 (`server.c`) and what it calls for rights (`acl.c`), slots
    /// (`cluster.c`) and scripts (`script.c`, `eval.c`). `WRONGTYPE` is given later, by a command that has
    /// looked at its key and changed nothing.
    package var leavesEverythingUnchanged: Bool {
        guard !wasRaisedByScript else { return false }
        if Self.earlyCodes.contains(code) { return true }
        return code == "ERR" && Self.earlyMessages.contains { message.hasPrefix($0) }
    }

    private static let earlyCodes: Set = [
        "NOAUTH", "WRONGPASS", "NOPERM", "READONLY", "OOM", "MISCONF", "LOADING", "BUSY", "MASTERDOWN",
        "NOREPLICAS", "NOSCRIPT", "CROSSSLOT", "MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN", "EXECABORT",
        "WRONGTYPE",
    ]

    private static let earlyMessages = ["unknown command", "wrong number of arguments"]
}

extension RedisServerError {
    /// True if another connection may do better: the server has become a replica, loads another data set, or
    /// does not know who asks. An open connection would get the same answer for as long as it is kept, also
    /// while its name leads to another server by now.
    var endsConnection: Bool { Self.endingCodes.contains(code) }

    private static let endingCodes: Set = ["READONLY", "MASTERDOWN", "LOADING", "UNBLOCKED", "NOAUTH"]
}

extension RedisServerError: CustomStringConvertible {
    package var description: String { "\(code) \(message)" }
}
