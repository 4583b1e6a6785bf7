import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

extension HTTPAnswer {
    /// True if it says that the connection ends.
    var closes: Bool { fields.contains { $0.0 == "Connection" } }

    /// Writes the answer as it leaves: what `ConnectionMachine` and NIO's encoder would make of it.
    ///
    /// - Parameters:
    ///   - date: the time at which it is made, as `Date` has it; nil where that is not known.
    ///   - variesByOrigin: true if pages of some origins may call the node.
    ///   - closes: true if the connection ends with the answer.
    ///   - omitsBody: true for the answer to HEAD.
    func write(
        to buffer: inout ByteBuffer,
        date: String?,
        variesByOrigin: Bool,
        closes: Bool,
        omitsBody: Bool
    ) {
        buffer.writeStaticString("HTTP/1.1 ")
        Self.write(Int(status.code), to: &buffer)
        buffer.writeStaticString(" ")
        buffer.writeString(status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        var isCacheable = false
        for (name, value) in fields where name != "Connection" {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
            if name == "Cache-Control" { isCacheable = true }
        }
        let mayHaveBody = status.mayHaveResponseBody
        if mayHaveBody {
            buffer.writeStaticString("Content-Length: ")
            Self.write(body.readableBytes, to: &buffer)
            buffer.writeStaticString("\r\n")
        }
        if let date {
            buffer.writeStaticString("Date: ")
            buffer.writeString(date)
            buffer.writeStaticString("\r\n")
        }
        if !isCacheable { buffer.writeStaticString("Cache-Control: no-store, no-transform\r\n") }
        if variesByOrigin { buffer.writeStaticString("Vary: Origin\r\n") }
        if closes { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
        if mayHaveBody, !omitsBody { buffer.writeImmutableBuffer(body) }
    }

    private static func write(_ number: Int, to buffer: inout ByteBuffer) {
        buffer.writeString(String(number))
    }
}
