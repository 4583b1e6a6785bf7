import NIOCore
import Testing

@testable import RedisClient

@Suite struct ValueTests {
    @Test func `a value is read as what it is`() throws {
        #expect(try RedisValue.integer(7).integer == 7)
        #expect(try RedisValue.bulk(Array("-7".utf8)).integer == -7)
        #expect(try RedisValue.bulk(Array("é".utf8)).string == "é")
        #expect(try RedisValue.simple("OK").bytes == Array("OK".utf8))
        #expect(try RedisValue.array([.null]).array == [.null])
        #expect(RedisValue.null.unlessNull == nil && RedisValue.null.isNull)
    }

    @Test func `a value of another shape throws and does not trap`() {
        let inner = RedisServerError(code: "ERR", message: "x")
        #expect(throws: RedisError.server(inner)) { try RedisValue.error(inner).integer }
        #expect(throws: RedisError.protocolViolation("expected an integer, got a string")) {
            try RedisValue.bulk(Array("7x".utf8)).integer
        }
        #expect(throws: RedisError.self) { try RedisValue.bulk([0xff]).string }
        #expect(throws: RedisError.self) { try RedisValue.null.bytes }
        #expect(throws: RedisError.self) { try RedisValue.integer(1).array }
    }

    @Test func `a command is an array of its words, byte for byte`() {
        let long = String(repeating: "x", count: 12)
        let command = RedisCommand(
            name: "SET",
            arguments: [.string("é"), .bytes([0, 13, 10]), .integer(.min), .string(long), ""]
        )
        var buffer = ByteBuffer()
        buffer.writeCommand(command)
        #expect(
            String(buffer: buffer)
                == "*6\r\n$3\r\nSET\r\n$2\r\né\r\n$3\r\n\0\r\n\r\n"
                + "$20\r\n-9223372036854775808\r\n$12\r\n\(long)\r\n$0\r\n\r\n"
        )
        #expect(command.byteBound >= buffer.readableBytes)
    }

    @Test func `a script is known by the digest that Redis computes`() {
        #expect(
            RedisScript(name: "one", source: "return 1").sha == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
        )
    }
}
