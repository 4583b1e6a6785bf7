import Cart
import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Writes the answers of one connection's hot lane: no more than the client takes, no more in a turn of the loop
/// than is fair to the other connections, and with one flush for all that come together.
///
/// A class, because with the end of an answer the next request comes, and may be answered at once: it is called
/// again from inside of its own writing.
final class AnswerWriter {
    /// The most answers that a connection writes before the loop does something else.
    private static let answersInTurn = 64

    private let now: @Sendable () -> Timestamp
    private let silence: SilenceTimer
    /// Nil once the connection is gone.
    private var context: ChannelHandlerContext?
    /// The answer to the request, until it can be written.
    private var answer: HTTPAnswer?
    private var date = HTTPDate()

    /// True while this lane owes an answer.
    private var isOwed = false
    /// True while the end of the client's requests is withheld from the other lane, which would end the
    /// connection before it has its answer.
    private var withholdsEnd = false

    private var isWritable = true
    private var isWriting = false
    /// True while the next answer waits because this connection has had its share of the loop's turn.
    private var isResting = false
    /// True while something was written that was not flushed.
    private var hasWritten = false
    /// True while the connection's requests are read: what is written meanwhile is flushed when all were.
    var isReading = false

    /// - Parameters:
    ///   - now: the time, for the date of answers.
    ///   - silence: hears of the end of each answer.
    init(now: @escaping @Sendable () -> Timestamp, silence: SilenceTimer) {
        self.now = now
        self.silence = silence
    }

    func start(_ context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
    }

    func stop() {
        context = nil
        answer = nil
        isOwed = false
    }

    /// The lane took a request on; `respond` gets its answer.
    func oweAnswer() {
        isOwed = true
    }

    func respond(_ answer: HTTPAnswer) {
        isOwed = true
        self.answer = answer
        writeAnswers()
    }

    func readComplete(_ context: ChannelHandlerContext) {
        if !isWriting { flush(context) }
    }

    func writabilityChanged(_ context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        writeAnswers()
    }

    /// The client sends no more requests. True if the other lane learns of it once the answer was written.
    func withholdEnd() -> Bool {
        if isOwed { withholdsEnd = true }
        return isOwed
    }

    /// Writes the answer, unless the client takes too little of what was written before, and those to the
    /// requests that waited for it.
    ///
    /// With the end of an answer the next request comes, and may be answered at once. Its answer is written
    /// here, not inside of the writing of the last one: there is no end to what a client may send.
    private func writeAnswers() {
        guard !isWriting, !isResting, let context else { return }
        isWriting = true
        var left = Self.answersInTurn
        repeat {
            while isWritable, left > 0, let answer = answer.take() {
                write(answer, context)
                left -= 1
            }
            // This may make the connection writable again.
            if !isReading { flush(context) }
        } while isWritable && left > 0 && answer != nil
        isWriting = false
        if left == 0, answer != nil { rest(context) }
        if withholdsEnd, !isOwed {
            withholdsEnd = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    /// Lets the loop's other work go first. What is executed at once would not: the loop runs that before it
    /// reads from any connection.
    private func rest(_ context: ChannelHandlerContext) {
        isResting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.isResting = false
            self.writeAnswers()
        }
    }

    private func write(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
        typealias Part = HTTPServerResponsePart
        isOwed = false
        hasWritten = true
        let body = answer.omitsBody ? ByteBuffer() : answer.body
        let head = answer.head(at: answer.isDated ? date.text(at: now()) : nil)
        context.write(NIOAny(Part.head(head)), promise: nil)
        if body.readableBytes > 0 {
            context.write(NIOAny(Part.body(.byteBuffer(body))), promise: nil)
        }
        silence.endAnswer(context)
        context.write(NIOAny(Part.end(nil)), promise: nil)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasWritten else { return }
        hasWritten = false
        context.flush()
    }
}

@available(*, unavailable)
extension AnswerWriter: Sendable {}
