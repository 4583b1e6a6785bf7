extension CartDecider {
    /// The operation as it was applied before; nil if it is new.
    ///
    /// The one place where exactly-once is decided.
    ///
    /// - Throws: `operationReused` where its key stands for another request; `operationRetired` where the key
    ///   was known once. A new key is taken for a retired one if the first 64 bits of both digests are equal:
    ///   with 1 024 retired ones the chance is 2⁻⁵⁴, and then nothing is applied.
    func recall(_ operation: CartOperation, from log: OperationLog) throws(CartRejection) -> AppliedOperation?
    {
        if let applied = log.kept.last(where: { $0.operation.key == operation.key }) {
            guard applied.operation == operation else { throw .operationReused }
            return applied
        }
        guard !log.retired.contains(operation.hash) else { throw .operationRetired }
        return nil
    }
}
