import Cart
import CartApplication
import RequestTracing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

extension CallContext {
    /// The context of a request for a cart.
    ///
    /// - Parameter isRead: whether it changes nothing. A read needs no key, and has it ignored.
    init(
        _ fields: RequestFields,
        isRead: Bool,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) throws(RequestError) {
        let precondition = try Precondition(ifMatch: fields.ifMatch)
        let key = isRead ? nil : try IdempotencyKey.read(fields)
        self.init(fields, key: key, under: precondition, deadline: deadline, trace: trace)
        exclusion = try Exclusion(ifNoneMatch: fields.ifNoneMatch)
    }

    /// The context of a request for a new cart, for which there is no precondition: it would be one on the
    /// list of all carts, which has no version.
    init(creation fields: RequestFields, deadline: ContinuousClock.Instant) throws(RequestError) {
        self.init(
            fields,
            key: try .read(fields),
            under: .any,
            deadline: deadline,
            trace: fields.trace?.context
        )
    }

    private init(
        _ fields: RequestFields,
        key: IdempotencyKey?,
        under precondition: Precondition,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) {
        self.init(
            deadline: deadline,
            key: key,
            precondition: precondition,
            authorization: fields.authorization,
            trace: trace
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
