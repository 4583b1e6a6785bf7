import SeededRandom

@testable import RedisClient

/// The replies that a reader takes from some bytes, or its error.
struct ReadResult: Equatable {
    var replies: [RedisValue] = []
    var violation: String?

    init(replies: [RedisValue]) { self.replies = replies }

    init(of pieces: [ArraySlice<UInt8>], limit: Int = 1 << 20) {
        let reader = ReplyReader(byteLimit: limit)
        do throws(ReplyViolation) {
            for piece in pieces {
                try reader.feed(piece) { reply in replies.append(reply) }
            }
        } catch {
            violation = error.reason
        }
    }
}

extension ReplyReader {
    func feed(_ bytes: ArraySlice<UInt8>, onReply: (RedisValue) -> Void) throws(ReplyViolation) {
        try bytes.withUnsafeBufferPointer { elements throws(ReplyViolation) in
            try feed(UnsafeRawBufferPointer(elements), onReply: onReply)
        }
    }

    func feed(_ text: String, onReply: (RedisValue) -> Void) throws(ReplyViolation) {
        try feed(Array(text.utf8)[...], onReply: onReply)
    }
}

/// Bytes that look almost like replies.
enum FuzzInput {
    private static let words = [
        "+", "-", ":", "$", "*", "\r\n", "\r", "\n", "0", "1", "2", "3", "-1", "-", "\0", "x", "OK\r\n",
        "$1\r\na\r\n", ":7\r\n",
        "*2\r\n", "*0\r\n", "$-1\r\n", "*3\r\n", "+fine\r\n", "9223372036854775807", "2147483647\r\n",
        "\u{fffd}", "%", "-ERR x\r\n",
    ]

    static func bytes(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 1...24, using: &random)).flatMap { _ -> [UInt8] in
            if Int.random(in: 0..<12, using: &random) == 0 {
                return [UInt8.random(in: 0...255, using: &random)]
            }
            return Array((words.randomElement(using: &random) ?? "").utf8)
        }
    }
}
