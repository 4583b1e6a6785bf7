/// Redis understood the command and said no.
package struct RedisServerError: Error, Sendable, Equatable {
    /// What kind of no, the first word of the answer: `NOSCRIPT`, `OOM`, `WRONGTYPE`, …; `ERR` where it has none.
    package let code: String
    /// The rest of the answer, in the server's words.
    package let message: String

    /// An error as a script or a test would name it.
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// The error in the text of an error reply, without the leading `-`.
    package init(reply: String) {
        let head = reply.prefix { $0 != " " }
        let isCode =
            !head.isEmpty
            && head.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 == UInt8(ascii: "_") }
        self.code = isCode ? String(head) : "ERR"
        self.message = isCode ? String(reply.dropFirst(head.count + 1)) : reply
    }
}

extension RedisServerError: CustomStringConvertible {
    package var description: String { "\(code) \(message)" }
}
