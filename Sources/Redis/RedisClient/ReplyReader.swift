internal import CHiredis

/// The server sent bytes that are not a valid reply.
struct ReplyViolation: Error, Equatable {
    let reason: String
}

/// Parses replies incrementally, with hiredis.
///
/// hiredis calls back for every element, so that a Swift value is built with one copy and without a tree of C
/// objects. The objects that hiredis passes around are opaque tokens. After a violation the reader must not
/// be used again.
final class ReplyReader {
    /// Holds the builder for the callbacks, which reach it by `privdata` while `redisReaderGetReply` runs.
    private final class Site {
        var builder: ReplyBuilder
        init(byteLimit: Int) { self.builder = ReplyBuilder(byteLimit: byteLimit) }
    }

    private let site: Site
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let reader: UnsafeMutablePointer<redisReader>

    /// - Parameter byteLimit: the most memory that one reply may take, bytes.
    init(byteLimit: Int) {
        site = Site(byteLimit: byteLimit)
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.callbacks)
        guard let reader = redisReaderCreateWithFunctions(functions) else { fatalError("out of memory") }
        self.reader = reader
        // The site outlives the reader: both end in `deinit`, the reader first.
        reader.pointee.privdata = Unmanaged.passUnretained(site).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deinitialize(count: 1)
        functions.deallocate()
    }

    /// True if a reply has begun and is not complete.
    var isMidReply: Bool {
        let state = reader.pointee
        // Between replies hiredis has no element, or a first element without a type.
        return state.len > state.pos || state.ridx > 0 || (state.ridx == 0 && state.rstack.0.type >= 0)
    }

    /// Parses bytes, and passes on the replies that they complete, in order.
    func feed(_ bytes: UnsafeRawBufferPointer, onReply: (RedisValue) -> Void) throws(ReplyViolation) {
        var rest = bytes[...]
        // hiredis moves the rest of its buffer after each kilobyte of replies: linear with a small buffer.
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.sliceSize))
            rest = rest.dropFirst(Self.sliceSize)
            let start = slice.bindMemory(to: CChar.self).baseAddress
            guard redisReaderFeed(reader, start, slice.count) == REDIS_OK else { throw violation() }
            while let reply = try next() { onReply(reply) }
            let unread = Int(reader.pointee.len - reader.pointee.pos)
            if unread > site.builder.byteLimit {
                // One text alone cannot be dropped: hiredis collects it.
                throw ReplyViolation(reason: "a text is larger than \(site.builder.byteLimit) bytes")
            }
        }
    }

    private func next() throws(ReplyViolation) -> RedisValue? {
        var token: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &token) == REDIS_OK else { throw violation() }
        return site.builder.take()
    }

    private func violation() -> ReplyViolation {
        if let reason = site.builder.violation { return ReplyViolation(reason: reason) }
        let text = withUnsafeBytes(of: &reader.pointee.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return ReplyViolation(reason: text.isEmpty ? "not a reply" : text)
    }

    private static let sliceSize = 16 * 1024
}

extension ReplyReader {
    private typealias Task = UnsafePointer<redisReadTask>

    /// Runs one step of the builder. hiredis takes a null pointer for "out of memory" and stops; it does not
    /// look into any other pointer.
    private static func build(
        _ task: Task?,
        _ step: (inout ReplyBuilder) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let site = task?.pointee.privdata else { return nil }
        // Sound: `init` set `privdata` to the site, hiredis hands it to every task, and the site is alive.
        let goesOn = step(&Unmanaged<Site>.fromOpaque(site).takeUnretainedValue().builder)
        return goesOn ? site : nil
    }

    private static let callbacks = redisReplyObjectFunctions(
        createString: { task, start, count in
            build(task) { builder in
                guard let start, let type = task?.pointee.type else { return false }
                // hiredis has the two bytes after the text in its buffer, but does not check them.
                guard start[count] == 0x0d, start[count + 1] == 0x0a else {
                    builder.refuse("a text is not as long as announced")
                    return false
                }
                let text = UnsafeRawBufferPointer(start: start, count: count)
                switch type {
                case REDIS_REPLY_STATUS:
                    return builder.add(.simple(String(decoding: text, as: UTF8.self)), bytes: count)
                case REDIS_REPLY_ERROR:
                    let error = RedisServerError(reply: String(decoding: text, as: UTF8.self))
                    return builder.add(.error(error), bytes: count)
                default: return builder.add(.bulk(builder.copy(text)), bytes: count)
                }
            }
        },
        createArray: { task, count in build(task) { $0.openArray(count: Int(count)) } },
        createInteger: { task, value in build(task) { $0.add(.integer(value), bytes: 0) } },
        createNil: { task in build(task) { $0.add(.null, bytes: 0) } },
        freeObject: { _ in }
    )
}
