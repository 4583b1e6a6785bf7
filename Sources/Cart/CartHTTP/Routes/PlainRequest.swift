import Cart
import CartActor
import CartApplication
import NIOCore
import NIOHTTP1
import RequestTracing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// A request that one command to one cart answers: nearly all requests are such. Both lanes read it and answer
/// it by this; they differ only in how they wait for its body and for the cart's owner.
///
/// A class, as it has a dozen texts, which nobody shall copy who passes it on.
final class PlainRequest: Sendable {
    /// The matter of a request.
    enum Matter: Sendable {
        /// Show the cart.
        case show
        /// Make a change that needs no body.
        case change(CartCommand.Change)
        /// Make the change that the body describes.
        case describedChange(BodyForm)
    }

    /// The form of a body.
    enum BodyForm: Sendable {
        case creation
        case addition
        case alteration(LineID)
        case actions
    }

    let cart: CartID
    let context: CallContext
    let matter: Matter
    /// The fields of the header.
    let fields: RequestFields
    /// Its server span; nil unless its trace is recorded, which is rare.
    let span: ActiveSpan?
    private let isHead: Bool

    /// Nil for a request of another kind.
    ///
    /// - Throws: `RequestError` or `Refusal` for one that is refused by its head.
    init?(
        _ method: HTTPMethod,
        of resource: CartResource,
        fields: RequestFields,
        deadline: ContinuousClock.Instant,
        trace: LaneTrace?,
        rules: CartRules
    ) throws {
        let isRead = method == .GET || method == .HEAD
        func context() throws(RequestError) -> CallContext {
            try CallContext(fields, isRead: isRead, deadline: deadline, trace: trace?.context)
        }
        switch (resource, method) {
        case (.cart(let id), .GET), (.cart(let id), .HEAD):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .show
        case (.cart(let id), .PUT):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .describedChange(.creation)
        case (.cart(let id), .DELETE):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .change(.delete)
        case (.lines(let id), .POST):
            (cart, self.context) = try (CartID(path: id), context())
            try rules.requireTrustToAdd(self.context)
            matter = .describedChange(.addition)
        case (.lines(let id), .DELETE):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .change(.clear)
        case (.line(let id, let line), .PATCH):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .describedChange(.alteration(try LineID(path: line)))
        case (.line(let id, let line), .DELETE):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .change(.removeLine(try LineID(path: line)))
        case (.actions(let id), .POST):
            (cart, self.context) = try (CartID(path: id), context())
            matter = .describedChange(.actions)
        case (.carts, _), (.cart, _), (.lines, _), (.line, _), (.price, _), (.actions, _), (.takeOut, _),
            (.checkout, _), (.cancellation, _), (.order, _), (.merge, _), (.history, _), (.stream, _):
            return nil
        }
        self.fields = fields
        span = trace?.span
        isHead = method == .HEAD
    }

    /// The version at which the change is to be made, as far as the request alone tells it.
    var expectedVersion: ExpectedVersion {
        switch matter {
        case .show: .known(nil)
        case .describedChange(.creation): context.expectedVersion(ofCreation: true)
        case .change, .describedChange: context.expectedVersion(ofCreation: false)
        }
    }

    /// The change that a body of this form describes.
    func change(_ form: BodyForm, in body: ByteBuffer) throws -> CartCommand.Change {
        switch form {
        case .creation: try CartBody.creation(fields.json(body))
        case .addition:
            if let item = try fields.plainJSON(body, PlainBodyReader.item) {
                .addLine(item)
            } else {
                try CartBody.addition(fields.requiredJSON(body))
            }
        case .alteration(let line):
            if let quantity = try fields.plainJSON(body, PlainBodyReader.quantity) {
                .setQuantity(line, quantity)
            } else {
                try CartBody.alteration(fields.requiredJSON(body), of: line)
            }
        case .actions: try CartBody.actions(fields.requiredJSON(body))
        }
    }

    /// The answer to it.
    ///
    /// - Parameters:
    ///   - accepted: what the cart's owner answered.
    ///   - change: the change that was made; nil for a read.
    func answer(
        _ accepted: AcceptedCommand,
        to change: CartCommand.Change?,
        _ responses: CartResponseBuilder
    ) throws(Refusal) -> HTTPAnswer {
        guard let change else {
            let answer = try responses.shown(accepted, of: cart, context)
            return isHead ? answer.withoutBody() : answer
        }
        let deletes = if case .delete = change { true } else { false }
        return try responses.answer(accepted, of: cart, context, deletes: deletes)
    }
}
