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
        var pipeline = RedisPipeline("SET", ["é", .bytes([0, 13, 10]), .integer(.min), .string(long), ""])
        pipeline.append("PING")
        #expect(
            String(buffer: pipeline.commands.bytes)
                == "*6\r\n$3\r\nSET\r\n$2\r\né\r\n$3\r\n\0\r\n\r\n"
                + "$20\r\n-9223372036854775808\r\n$12\r\n\(long)\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n"
        )
        #expect(pipeline.count == 2)
    }

    @Test func `a call of a script is the command that Redis expects, whatever its words are made of`() {
        let script = RedisScript(name: "one", source: "return 1")
        let pipeline = RedisPipeline(script, keys: 1, words: 5) { command in
            command.append("id", after: "cart:{", before: "}")
            command.append(UInt64.max)
            command.append(0 as UInt64)
            command.append("", after: "", before: "")
            command.append([UInt8](repeating: 120, count: 1_000))
        }
        #expect(
            String(buffer: pipeline.commands.bytes)
                == "*8\r\n$7\r\nEVALSHA\r\n$40\r\n\(script.sha)\r\n$1\r\n1\r\n$9\r\ncart:{id}\r\n"
                + "$20\r\n18446744073709551615\r\n$1\r\n0\r\n$0\r\n\r\n"
                + "$1000\r\n\(String(repeating: "x", count: 1_000))\r\n"
        )
    }

    @Test func `a script is known by the digest that Redis computes`() {
        #expect(
            RedisScript(name: "one", source: "return 1").sha == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
        )
    }
}
