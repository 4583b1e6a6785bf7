internal import DequeModule

/// The commands that wait in an activation, in the order of their coming. On the hot path.
///
/// Most activations never have two: the first one waits without memory of its own.
struct Mailbox<D: Decider> {
    /// Nil in an empty mailbox.
    private(set) var first: Ask<D>?
    /// All but the first.
    private var rest: Deque<Ask<D>> = []

    var isEmpty: Bool { first == nil }
    var count: Int { first == nil ? 0 : 1 + rest.count }
    var last: Ask<D>? { rest.last ?? first }

    mutating func append(_ ask: Ask<D>) {
        if first == nil { first = ask } else { rest.append(ask) }
    }

    /// Puts one back that was taken.
    mutating func prepend(_ ask: Ask<D>) {
        if let first { rest.prepend(first) }
        first = ask
    }

    mutating func popFirst() -> Ask<D>? {
        guard let ask = first else { return nil }
        first = rest.popFirst()
        return ask
    }

    /// Takes out those that fulfil a condition.
    mutating func removeAll(where isToGo: (Ask<D>) -> Bool) -> [Ask<D>] {
        let gone = filter(isToGo)
        guard !gone.isEmpty else { return [] }
        var kept = Mailbox()
        for ask in self where !isToGo(ask) { kept.append(ask) }
        self = kept
        return gone
    }
}

extension Mailbox: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate var first: Ask<D>?
        fileprivate var rest: Deque<Ask<D>>.Iterator

        mutating func next() -> Ask<D>? {
            guard let ask = first else { return rest.next() }
            first = nil
            return ask
        }
    }

    func makeIterator() -> Iterator { Iterator(first: first, rest: rest.makeIterator()) }
}
