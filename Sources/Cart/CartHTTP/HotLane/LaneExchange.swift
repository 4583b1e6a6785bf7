import ActorRuntime
import Cart
import CartActor
import CartApplication
import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Has the owners of carts decide what the plain requests of one connection ask for, one after the other.
final class LaneExchange {
    private let lane: HotLane
    private let loop: any EventLoop
    private let respond: (HTTPAnswer) -> Void
    /// Nil once the connection is gone.
    private var receiver: AskReceiver<CartLogic>?
    /// The request that waits for its answer, and the change that it asks for; nil for a read.
    private var asked: (request: PlainRequest, change: CartCommand.Change?)?
    /// The number of the last request that was asked for.
    private var number: UInt64 = 0
    /// Begins what is recorded of its requests.
    let traces: LaneTraces

    /// - Parameter respond: takes the answer to each request: on the loop, and maybe at once.
    init(_ lane: HotLane, on loop: any EventLoop, respond: @escaping (HTTPAnswer) -> Void) {
        self.lane = lane
        self.loop = loop
        self.respond = respond
        traces = LaneTraces(lane.tracing)
        // A cycle until the end.
        receiver = AskReceiver { self.answered($0, token: $1) }
    }

    /// The connection is gone: nobody is answered any more.
    func end() {
        receiver = nil
        if let span = asked?.request.span { span.endUnanswered() }
        asked = nil
    }

    /// Shows a cart.
    func show(_ request: PlainRequest) {
        ask(.read, of: request, change: nil)
    }

    /// Makes a change.
    ///
    /// - Parameter expected: the version at which it is to be made; nil for any.
    func make(_ change: CartCommand.Change, _ request: PlainRequest, expecting expected: UInt64?) {
        do throws(Refusal) {
            let checked = try lane.rules.check(change, request.context)
            ask(lane.rules.command(checked, expecting: expected), of: request, change: change)
        } catch {
            respond(lane.refusal(error, of: request.fields, span: request.span))
        }
    }

    /// Makes the change that a body describes.
    func make(
        _ form: PlainRequest.BodyForm,
        in body: ByteBuffer,
        _ request: PlainRequest,
        expecting expected: UInt64?
    ) {
        do {
            make(try request.change(form, in: body), request, expecting: expected)
        } catch {
            respond(lane.refusal(error, of: request.fields, span: request.span))
        }
    }

    private func ask(_ command: CartCommand, of request: PlainRequest, change: CartCommand.Change?) {
        guard let receiver else { return }
        number &+= 1
        asked = (request, change)
        lane.dispatcher.ask(
            ActorID(request.cart.text),
            command,
            deadline: request.context.deadline,
            trace: request.context.trace,
            on: loop,
            receiver: receiver,
            token: number
        )
    }

    private func answered(_ result: Result<Answer<CartLogic>, HostFailure>, token: UInt64) {
        guard token == number, let (request, change) = asked.take() else { return }
        respond(lane.answer(result, to: request, change: change))
    }
}

@available(*, unavailable)
extension LaneExchange: Sendable {}
