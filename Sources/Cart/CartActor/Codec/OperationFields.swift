import ActorRuntime
import Cart
import CartProtobuf

/// The operations of a cart, each in a field of its own, so that a commit writes what it adds and not what
/// was there.
struct OperationFields {
    /// The number of hashes of older operations in one field.
    private static let run: UInt64 = 64
    private static let keptPrefix = "op:"
    private static let runPrefix = "or:"

    private var kept: [UInt64: StoredOperation] = [:]
    private var runs: [UInt64: [UInt64]] = [:]

    var isEmpty: Bool { kept.isEmpty && runs.isEmpty }

    // MARK: Reading

    /// Takes a field in; false if it is none of an operation.
    mutating func add(_ part: ContentField) throws(CodecFailure) -> Bool {
        if let number = FieldNumber.of(part.name, after: Self.keptPrefix) {
            kept[number] =
                if let plain = PlainOperation.read(part.value) {
                    plain
                } else {
                    try CartCodec.message(StoredOperation.self, from: part.value, "an operation")
                }
            return true
        }
        if let number = FieldNumber.of(part.name, after: Self.runPrefix) {
            let run = try CartCodec.message(StoredRetiredRun.self, from: part.value, "hashes of operations")
            runs[number] = run.hashes
            return true
        }
        return false
    }

    /// The log of which the head of the cart says this much.
    func log(_ head: StoredLogApart) throws(CodecFailure) -> StoredLog {
        let numbers = try Numbers(head)
        var log = StoredLog()
        log.forgotten = head.forgotten
        for number in numbers.retired {
            let (index, place) = number.quotientAndRemainder(dividingBy: Self.run)
            guard let run = runs[index], Int(place) < run.count else {
                throw CodecFailure("operation \(number) is missing")
            }
            log.retired.append(run[Int(place)])
        }
        for number in numbers.kept {
            guard let operation = kept[number] else { throw CodecFailure("operation \(number) is missing") }
            log.kept.append(operation)
        }
        guard kept.count == numbers.kept.count else { throw CodecFailure("there are operations too many") }
        return log
    }

    // MARK: Writing

    static func all(of log: OperationLog?) throws(CodecFailure) -> [ContentField] {
        try change(from: nil, to: log).set
    }

    /// The change that a commit makes to the fields. A log only grows at its end and is cut at its beginning.
    static func change(
        from before: OperationLog?,
        to after: OperationLog?
    ) throws(CodecFailure) -> ContentChange {
        var change = ContentChange(set: [])
        guard before !== after else { return change }
        let former = try Numbers(before)
        let current = try Numbers(after)
        for (number, applied) in zip(current.kept, after?.kept ?? []) where !former.kept.contains(number) {
            let bytes =
                if let bytes = PlainOperation.bytes(of: applied) {
                    bytes
                } else {
                    try CartCodec.bytes(of: StoredOperation(applied))
                }
            change.set.append(ContentField(keptPrefix + String(number), bytes))
        }
        change.delete += former.kept.filter { !current.kept.contains($0) }.map { keptPrefix + String($0) }
        for index in runs(of: current) where !isWhole(index, in: former) {
            change.set.append(try run(index, of: current, hashes: after?.retired ?? []))
        }
        let kept = runs(of: current)
        change.delete += runs(of: former).filter { !kept.contains($0) }.map { runPrefix + String($0) }
        return change
    }

    /// Which fields hold hashes.
    private static func runs(of numbers: Numbers) -> Range<UInt64> {
        guard !numbers.retired.isEmpty else { return 0..<0 }
        return numbers.retired.lowerBound / run..<(numbers.retired.upperBound - 1) / run + 1
    }

    /// True if the field was full before.
    private static func isWhole(_ index: UInt64, in numbers: Numbers) -> Bool {
        runs(of: numbers).contains(index) && (index + 1) * run <= numbers.retired.upperBound
    }

    private static func run(
        _ index: UInt64,
        of numbers: Numbers,
        hashes: [UInt64]
    ) throws(CodecFailure) -> ContentField {
        var message = StoredRetiredRun()
        message.hashes = (index * run..<(index + 1) * run).compactMap { number in
            // A number that was forgotten at the beginning of a run leaves its place behind.
            if number < numbers.retired.lowerBound { return 0 }
            guard number < numbers.retired.upperBound else { return nil }
            return hashes[Int(number - numbers.retired.lowerBound)]
        }
        return ContentField(runPrefix + String(index), try CartCodec.bytes(of: message))
    }

    /// The numbers of the operations that a log knows.
    private struct Numbers {
        let retired: Range<UInt64>
        let kept: Range<UInt64>

        init(_ log: OperationLog?) throws(CodecFailure) {
            try self.init(
                forgotten: log?.forgotten ?? 0,
                retired: log?.retired.count ?? 0,
                kept: log?.kept.count ?? 0
            )
        }

        init(_ head: StoredLogApart) throws(CodecFailure) {
            try self.init(forgotten: head.forgotten, retired: Int(head.retired), kept: Int(head.kept))
        }

        private init(forgotten: UInt64, retired: Int, kept: Int) throws(CodecFailure) {
            // Far from where numbers end, so that nothing here overflows.
            guard forgotten < 1 << 62 else { throw CodecFailure("operations are numbered beyond sense") }
            let first = forgotten + UInt64(retired)
            self.retired = forgotten..<first
            self.kept = first..<first + UInt64(kept)
        }
    }
}
