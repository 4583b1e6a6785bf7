/// Assembles one reply from the elements that the parser finds, depth first, and limits its memory: the
/// elements of a reply that is too large are counted and dropped, so that the reply after it is found.
struct ReplyBuilder {
    private struct Frame {
        var missing: Int
        var elements: [RedisValue]
    }

    /// The most memory that one reply may take, bytes.
    let byteLimit: Int
    /// The reply, once it is complete.
    private(set) var reply: RedisValue?
    /// The memory of the incomplete reply so far, bytes: its texts, and an overhead for every element.
    private(set) var cost = 0
    /// The reason why parsing has to stop, if it has to.
    private(set) var violation: String?
    private var open: [Frame] = []
    /// True once the incomplete reply has exceeded the limit.
    private(set) var isTooLarge = false

    /// The text that was copied last. Scripts answer with the same word again and again.
    private var lastText: [UInt8] = []

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// A copy of a text of the incomplete reply; empty if that is too large.
    mutating func copy(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        if isTooLarge { return [] }
        if text.count == lastText.count, lastText.elementsEqual(text) { return lastText }
        let copy = [UInt8](text)
        if text.count <= Self.wordLimit { lastText = copy }
        return copy
    }

    /// Adds an element to the innermost open array, and closes the arrays that it completes.
    ///
    /// - Returns: whether to continue.
    mutating func add(_ element: RedisValue, bytes: Int) -> Bool {
        guard charge(bytes) else { return false }
        var whole = element
        while let last = open.indices.last {
            if !isTooLarge { open[last].elements.append(whole) }
            open[last].missing -= 1
            if open[last].missing > 0 { return true }
            whole = .array(open.removeLast().elements)
        }
        reply = isTooLarge ? .tooLarge(byteLimit: byteLimit) : whole
        return true
    }

    /// Opens an array of `count` elements.
    ///
    /// - Returns: whether to continue.
    mutating func openArray(count: Int) -> Bool {
        guard count > 0 else { return add(.array([]), bytes: 0) }
        guard charge(0) else { return false }
        var frame = Frame(missing: count, elements: [])
        // A hostile server may announce elements that never come.
        if !isTooLarge { frame.elements.reserveCapacity(min(count, Self.trustedCount)) }
        open.append(frame)
        return true
    }

    /// Stops parsing. Only the first reason counts.
    mutating func refuse(_ reason: String) { violation = violation ?? reason }

    /// Takes the complete reply, if there is one, and starts over.
    mutating func take() -> RedisValue? {
        guard let whole = reply else { return nil }
        reply = nil
        cost = 0
        isTooLarge = false
        return whole
    }

    private mutating func charge(_ bytes: Int) -> Bool {
        guard violation == nil else { return false }
        guard !isTooLarge else { return true }
        cost += Self.elementCost + bytes
        guard cost > byteLimit else { return true }
        isTooLarge = true
        cost = 0
        for index in open.indices { open[index].elements = [] }
        return true
    }

    /// The overhead of an element: the value itself and the head of its storage, bytes.
    private static let elementCost = MemoryLayout<RedisValue>.stride + 32
    /// The most bytes of a text that may be the next one again.
    private static let wordLimit = 16
    /// The most elements that memory is reserved for in advance.
    private static let trustedCount = 256
}
