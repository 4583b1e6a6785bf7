internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a watcher is sent: server-sent events (HTML Living Standard, 9.2), with JSON as their data.
enum EventStreamText {
    /// Tells the page that the stream has ended in order: it goes on at another node at once.
    static let end = ByteBuffer(string: "event: end\ndata: {}\n\n")

    /// A state of the cluster, and before it what happened after a position.
    static func bytes(of update: Dashboard.Update, after position: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        for entry in update.events where entry.position > position {
            append("event", entry.event, to: &buffer)
        }
        append("snapshot", update.snapshot, to: &buffer)
        return buffer
    }

    private static func append(_ name: StaticString, _ value: some Encodable, to buffer: inout ByteBuffer) {
        // JSON of the encoder holds no line end. What cannot be encoded is left out, which no value is.
        guard var data = json(value) else { return }
        buffer.writeString("event: \(name)\ndata: ")
        buffer.writeBuffer(&data)
        buffer.writeString("\n\n")
    }

    static func json(_ value: some Encodable) -> ByteBuffer? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A rate is a quotient of finite numbers that are not zero; another build's may be anything.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        do {
            return ByteBuffer(bytes: try encoder.encode(value))
        } catch {
            return nil
        }
    }
}
