import ActorRuntime
import Cart
import CartActor
import CartApplication
import NIOHTTP1
import RequestTracing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Reads requests and makes their answers, independently of the connection.
extension HotLane {
    /// The largest body that is read on the loop.
    private static let bodyLimit = 64 * 1_024

    /// The request and the version at which its change is to be made; nil for a request of the other lane.
    ///
    /// - Throws: `RequestError` or `Refusal` for one that is refused by its head.
    func request(
        _ method: HTTPMethod,
        of resource: CartResource,
        fields: RequestFields,
        trace: LaneTrace?
    ) throws -> (request: PlainRequest, expectedVersion: UInt64?)? {
        guard
            let request = try PlainRequest(
                method,
                of: resource,
                fields: fields,
                deadline: rules.deadline(),
                trace: trace,
                rules: rules
            ),
            // The other lane takes a look at the cart first.
            case .known(let expected) = request.expectedVersion,
            mayRead(request.matter, fields)
        else {
            return nil
        }
        return (request, expected)
    }

    /// False for a body that is so large, or may become so, that reading it would hold up the loop.
    private func mayRead(_ matter: PlainRequest.Matter, _ fields: RequestFields) -> Bool {
        guard case .describedChange = matter, rules.policy.bodyBytes > Self.bodyLimit else { return true }
        return fields.contentLength.flatMap { Int($0) }.map { $0 <= Self.bodyLimit } ?? false
    }

    /// The answer to a request.
    ///
    /// - Parameters:
    ///   - result: what the cart's owner said.
    ///   - change: the change that was asked for; nil for a read.
    func answer(
        _ result: Result<Answer<CartLogic>, HostFailure>,
        to request: PlainRequest,
        change: CartCommand.Change?
    ) -> HTTPAnswer {
        do throws(Refusal) {
            switch result {
            case .success(let answer):
                let accepted =
                    if let change {
                        try rules.accepted(answer, of: change, request.context)
                    } else {
                        try rules.shown(answer, request.context)
                    }
                let shown = try request.answer(accepted, to: change, responses)
                if let span = request.span { span.end(status: Int(shown.status.code)) }
                return shown
            case .failure(let failure):
                throw Refusal(failure)
            }
        } catch {
            return refusal(error, of: request.fields, span: request.span)
        }
    }

    /// The answer to a request that is refused.
    ///
    /// - Parameter span: what is recorded of the request, which ends here.
    func refusal(_ error: any Error, of fields: RequestFields, span: ActiveSpan?) -> HTTPAnswer {
        let problem =
            Problem(thrown: error, request: fields)
            ?? Problem(.contradiction("the request was refused without a reason"))
        problem.count(in: rules)
        let answer = responses.problem(problem)
        if let span { span.end(status: Int(answer.status.code)) }
        return answer
    }
}
