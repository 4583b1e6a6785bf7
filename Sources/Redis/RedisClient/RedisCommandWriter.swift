internal import NIOCore

/// Commands as the server reads them: each is an array of words.
///
/// On the hot path: whoever calls a script writes its words straight into the bytes that leave next. The
/// benchmarks of a node's changes guard it.
package struct RedisCommandWriter: Sendable {
    private(set) var bytes = ByteBuffer()
    /// The number of words that the last command still lacks.
    private var missingWords = 0

    init() {}

    /// The number of bytes so far.
    var count: Int { bytes.readableBytes }

    /// Begins a command of so many words.
    mutating func begin(words: Int) {
        end()
        missingWords = words
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.wordOverhead) { space in
            Self.writeHead(UInt8(ascii: "*"), UInt64(words), to: space)
        }
    }

    /// The last command must have all its words. A wrong number of them would shift all later commands.
    func end() {
        precondition(missingWords == 0, "a command lacks \(missingWords) words")
    }

    /// Appends a word in UTF-8.
    package mutating func append(_ text: String) {
        appendWord(text.utf8.count) { Self.copy(text, to: $0) }
    }

    /// Appends a word of three parts, without making one text of them.
    package mutating func append(_ text: String, after head: String, before tail: String) {
        let (start, end) = (head.utf8.count, head.utf8.count + text.utf8.count)
        appendWord(end + tail.utf8.count) { word in
            Self.copy(head, to: word)
            Self.copy(text, to: UnsafeMutableRawBufferPointer(rebasing: word[start...]))
            Self.copy(tail, to: UnsafeMutableRawBufferPointer(rebasing: word[end...]))
        }
    }

    /// Appends a word of bytes.
    package mutating func append(_ bytes: [UInt8]) {
        appendWord(bytes.count) { word in bytes.withUnsafeBytes { word.copyMemory(from: $0) } }
    }

    /// Appends a number in decimal.
    package mutating func append(_ number: UInt64) {
        let digits = Self.digitCount(number)
        appendWord(digits) { Self.writeDigits(number, digits, to: $0) }
    }

    /// Appends an argument.
    package mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .string(let text): append(text)
        case .bytes(let bytes): append(bytes)
        case .integer(let number): if number >= 0 { append(UInt64(number)) } else { append(String(number)) }
        }
    }

    /// Appends so many words of the last command in the form in which they are sent.
    mutating func append(encoded: [UInt8], words: Int) {
        take(words)
        bytes.writeBytes(encoded)
    }

    /// The words that `write` appends, in the form in which they are sent.
    static func encoded(words: Int, _ write: (inout RedisCommandWriter) -> Void) -> [UInt8] {
        var writer = RedisCommandWriter()
        writer.missingWords = words
        write(&writer)
        writer.end()
        return Array(writer.bytes.readableBytesView)
    }

    /// Appends whole commands.
    mutating func append(_ commands: RedisCommandWriter) {
        commands.end()
        end()
        bytes.writeImmutableBuffer(commands.bytes)
    }

    /// Removes all but the first bytes, which are whole commands.
    mutating func truncate(to count: Int) {
        missingWords = 0
        bytes.moveWriterIndex(to: bytes.readerIndex + count)
    }

    /// Exchanges everything for an empty buffer, whose storage is used from now on.
    mutating func take(leaving empty: ByteBuffer) -> ByteBuffer {
        end()
        let full = bytes
        bytes = empty
        return full
    }
}

extension RedisCommandWriter {
    private mutating func take(_ words: Int) {
        precondition(missingWords >= words, "a command has more words than it announced")
        missingWords -= words
    }

    /// - Parameter fill: fills exactly the bytes that it is given.
    @inline(__always)
    private mutating func appendWord(_ length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        take(1)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: length + Self.wordOverhead) { space in
            let start = Self.writeHead(UInt8(ascii: "$"), UInt64(length), to: space)
            let end = start + length
            fill(UnsafeMutableRawBufferPointer(rebasing: space[start..<end]))
            space[end] = 0x0d
            space[end + 1] = 0x0a
            return end + 2
        }
    }

    /// The most bytes of a word beside its content: `$`, a length of at most 20 digits, and two line breaks.
    private static let wordOverhead = 25

    private static func writeHead(_ kind: UInt8, _ count: UInt64, to space: UnsafeMutableRawBufferPointer)
        -> Int
    {
        let digits = digitCount(count)
        space[0] = kind
        writeDigits(count, digits, to: UnsafeMutableRawBufferPointer(rebasing: space[1..<1 + digits]))
        space[1 + digits] = 0x0d
        space[2 + digits] = 0x0a
        return 3 + digits
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var (rest, digits) = (number / 10, 1)
        while rest > 0 {
            rest /= 10
            digits += 1
        }
        return digits
    }

    private static func writeDigits(
        _ number: UInt64,
        _ digits: Int,
        to space: UnsafeMutableRawBufferPointer
    ) {
        var rest = number
        for place in stride(from: digits - 1, through: 0, by: -1) {
            space[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func copy(_ text: String, to space: UnsafeMutableRawBufferPointer) {
        var text = text
        text.withUTF8 { space.copyMemory(from: UnsafeRawBufferPointer($0)) }
    }
}
