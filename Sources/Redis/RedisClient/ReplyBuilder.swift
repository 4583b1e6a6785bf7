/// Assembles one reply from the parts that the codec meets, depth first, and counts what it costs.
struct ReplyBuilder {
    private struct Frame {
        var missing: Int
        var elements: [RedisValue]
    }

    /// The most that one reply may cost, bytes.
    let byteLimit: Int
    /// The reply, once it is whole.
    private(set) var reply: RedisValue?
    /// What the unfinished reply costs so far, bytes: its texts, and a share for every element.
    private(set) var cost = 0
    /// Why the codec had to stop, if it had to.
    private(set) var violation: String?
    private var open: [Frame] = []

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// An element that takes its place in the innermost open array, and closes those that it fills.
    /// Answers whether to go on.
    mutating func add(_ element: RedisValue, bytes: Int) -> Bool {
        guard charge(bytes) else { return false }
        var whole = element
        while var frame = open.popLast() {
            frame.elements.append(whole)
            frame.missing -= 1
            if frame.missing > 0 {
                open.append(frame)
                return true
            }
            whole = .array(frame.elements)
        }
        reply = whole
        return true
    }

    /// An array of `count` elements begins. Answers whether to go on.
    mutating func openArray(count: Int) -> Bool {
        guard count > 0 else { return add(.array([]), bytes: 0) }
        guard charge(0) else { return false }
        var frame = Frame(missing: count, elements: [])
        // The count is only a claim until the elements are there.
        frame.elements.reserveCapacity(min(count, Self.trustedCount))
        open.append(frame)
        return true
    }

    /// The codec must stop for this reason.
    mutating func refuse(_ reason: String) { violation = violation ?? reason }

    /// Hands out the whole reply, if there is one, and begins anew.
    mutating func take() -> RedisValue? {
        guard let whole = reply else { return nil }
        reply = nil
        cost = 0
        return whole
    }

    private mutating func charge(_ bytes: Int) -> Bool {
        cost += Self.elementCost + bytes
        if cost > byteLimit { refuse("a reply is larger than \(byteLimit) bytes") }
        return violation == nil
    }

    /// What an element costs beside its bytes: the value itself and the head of its storage.
    private static let elementCost = MemoryLayout<RedisValue>.stride + 32
    private static let trustedCount = 256
}
