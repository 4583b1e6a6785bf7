import Cart
import CartApplication
import HTTPTypes
import Hummingbird

extension CallContext {
    /// The context of a request for a cart.
    ///
    /// A read needs no key, and has it ignored.
    init(_ request: Request, deadline: ContinuousClock.Instant) throws(RequestError) {
        let precondition = try Precondition(ifMatch: request.headers[.ifMatch])
        let isRead = request.method == .get || request.method == .head
        self.init(request, deadline, key: isRead ? nil : try .read(request.headers), under: precondition)
        exclusion = try Exclusion(ifNoneMatch: request.headers[.ifNoneMatch])
    }

    /// The context of a request for a new cart, for which there is no precondition: it would be one on the
    /// list of all carts, which has no version.
    init(creation request: Request, deadline: ContinuousClock.Instant) throws(RequestError) {
        self.init(request, deadline, key: try .read(request.headers), under: .any)
    }

    private init(
        _ request: Request,
        _ deadline: ContinuousClock.Instant,
        key: IdempotencyKey?,
        under precondition: Precondition
    ) {
        self.init(
            deadline: deadline,
            key: key,
            precondition: precondition,
            authorization: request.headers[.authorization],
            trace: request.headers[.traceParent] ?? ""
        )
    }

    /// The same, where the body may name the version that is to be ordered.
    ///
    /// - Parameter field: `If-Match` as it was sent; nil if it is absent.
    /// - Throws: where the precondition is another.
    func ordering(inBody version: UInt64?, ifMatch field: String?) throws(RequestError) -> CallContext {
        guard let version else { return self }
        guard precondition.admits(version) else {
            let remark = EntityTags.remark(onIfMatch: field)
            throw .invalidValue("/version", expected: "the version of If-Match" + remark)
        }
        return ordering(version)
    }
}

extension CartID {
    /// The id in a path.
    init(path text: String) throws(RequestError) {
        do throws(CartRejection) {
            try self.init(text)
        } catch {
            throw .rejected(error)
        }
    }
}

extension LineID {
    /// The id in a path.
    init(path text: String) throws(RequestError) {
        do throws(CartRejection) {
            try self.init(text)
        } catch {
            throw .rejected(error)
        }
    }
}
