internal import NIOCore

/// A command with its arguments.
struct RedisCommand {
    let name: String
    let arguments: [RedisArgument]

    /// An upper bound of the command's encoded length, bytes.
    var byteBound: Int {
        arguments.reduce(Self.wordOverhead * 2 + name.utf8.count) { sum, argument in
            switch argument {
            case .string(let text): sum + Self.wordOverhead + text.utf8.count
            case .bytes(let bytes): sum + Self.wordOverhead + bytes.count
            case .integer: sum + Self.wordOverhead * 2
            }
        }
    }

    /// `$`, a length of at most 19 digits, and two line breaks.
    private static let wordOverhead = 24
}

extension ByteBuffer {
    /// Appends a command as an array of bulk strings.
    mutating func writeCommand(_ command: RedisCommand) {
        writeHead(UInt8(ascii: "*"), command.arguments.count + 1)
        writeWord(command.name)
        for argument in command.arguments {
            switch argument {
            case .string(let text): writeWord(text)
            case .bytes(let bytes):
                writeHead(UInt8(ascii: "$"), bytes.count)
                writeBytes(bytes)
                writeLineEnd()
            case .integer(let value): writeWord(String(value))
            }
        }
    }

    private mutating func writeWord(_ text: String) {
        writeHead(UInt8(ascii: "$"), text.utf8.count)
        writeString(text)
        writeLineEnd()
    }

    private mutating func writeHead(_ kind: UInt8, _ count: Int) {
        if count < 10 {
            writeMultipleIntegers(
                kind,
                UInt8(ascii: "0") + UInt8(count),
                0x0d,
                0x0a,
                as: (UInt8, UInt8, UInt8, UInt8).self
            )
        } else {
            writeInteger(kind)
            writeString(String(count))
            writeLineEnd()
        }
    }

    private mutating func writeLineEnd() {
        writeInteger(0x0d0a as UInt16)
    }
}
