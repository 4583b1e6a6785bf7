import NIOCore
import NIOEmbedded
import NIOHTTP1

/// A request as one of the two found it.
private struct Found: Equatable {
    var method = ""
    var target = ""
    var fields: [[String]] = []
    var body: [UInt8] = []
}

/// Compares the recognizer with NIO's parser: the requests that the one finds from the beginning of the bytes on,
/// one after the other, are those that the other finds in the same bytes, and both know where they end.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafeRawPointer, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    var recognizer = RequestRecognizer(byteLimit: 1_024, fieldLimit: 16)
    var requests: [Found] = []
    var offset = 0
    while offset < count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        guard case .head(let head) = recognizer.find(in: rest), rest.count >= head.count + head.bodyCount
        else {
            break
        }
        func text(_ range: Range<Int>) -> String { String(decoding: rest[range], as: UTF8.self) }
        let end = head.count + head.bodyCount
        requests.append(
            Found(
                method: head.method.rawValue,
                target: text(head.target),
                fields: recognizer.fields.map { [text($0.name), text($0.value)] },
                body: Array(rest[head.count..<end])
            )
        )
        // A head that breaks off says nothing, wherever that is.
        let part = Int(rest[0] ^ rest[head.count - 3]) % head.count
        precondition(recognizer.find(in: UnsafeRawBufferPointer(rebasing: rest[..<part])) == .incomplete)
        offset += end
    }
    guard offset > 0 else { return 0 }
    let parsed = parse(bytes[..<offset])
    precondition(parsed == requests, "recognized \(requests), parsed \(String(describing: parsed))")
    return 0
}

/// A connection with NIO's parser. One for all inputs, as each of them ends with a whole request. Only libFuzzer's
/// thread has it.
nonisolated(unsafe) private let channel = EmbeddedChannel(
    handler: ByteToMessageHandler(HTTPRequestDecoder())
)

/// The requests that NIO's parser finds in bytes; nil if they are not just whole requests that leave the
/// connection open.
private func parse(_ bytes: Slice<UnsafeRawBufferPointer>) -> [Found]? {
    guard (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil else { return nil }
    var requests: [Found] = []
    var isOpen = false
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
        switch part {
        case .head(let head):
            guard head.isKeepAlive, head.version == .http1_1 else { return nil }
            isOpen = true
            requests.append(
                Found(
                    method: head.method.rawValue,
                    target: head.uri,
                    fields: head.headers.map { [$0.name, $0.value] }
                )
            )
        case .body(let part): requests[requests.count - 1].body += Array(buffer: part)
        case .end: isOpen = false
        }
    }
    return isOpen ? nil : requests
}
