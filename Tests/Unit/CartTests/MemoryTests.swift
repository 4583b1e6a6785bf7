import Testing

@testable import Cart

/// A million carts are live on a node: the memory of one cannot grow unnoticed.
@Suite struct MemoryTests {
    @Test func `a line, a cart and a state keep their sizes`() {
        #expect(MemoryLayout<Line>.stride == 64)
        #expect(MemoryLayout<Currency>.size == 3)
        #expect(MemoryLayout<Attributes>.size == MemoryLayout<Int>.size)
        #expect(MemoryLayout<OpenCart>.size <= 48)
        #expect(MemoryLayout<CartState>.size <= 49)
        #expect(MemoryLayout<OperationLog?>.size == MemoryLayout<Int>.size)
        #expect(MemoryLayout<AppliedOperation>.stride == 48)
    }

    @Test func `a grown cart of five lines reserves no room for many more`() throws {
        var subject = try Subject.open()
        for n in 1...5 { try subject.does(.addLine(item("sku-\(n)"))) }
        #expect(subject.lines.capacity <= 7)
    }

    @Test func `a cart that was never changed under a key has no log`() throws {
        var subject = try Subject.open()
        for n in 1...5 { try subject.does(.addLine(item("sku-\(n)"))) }
        try subject.does(.delete)
        try subject.does(.create(currency: nil))
        #expect(subject.state.operations == nil)
    }

    @Test func `a full log keeps as much as its limits say, and reserves little more`() throws {
        let limits = CartLimits()
        let all = limits.operations + limits.retiredOperations
        var subject = try Subject.open(limits: limits)
        try subject.does(.addLine(item()))
        for key in 1...UInt64(all + 1) {
            try subject.takes(.setQuantity(LineID(1), Int64(key)), as: operation(key))
        }
        let log = try #require(subject.state.operations)
        #expect(log.kept.count == limits.operations && log.retired.count == limits.retiredOperations)
        let reserved = log.kept.capacity * MemoryLayout<AppliedOperation>.stride + log.retired.capacity * 8
        #expect(reserved < 21 << 10, "\(log.kept.capacity) and \(log.retired.capacity)")
    }

    @Test func `a cart of five lines with long SKUs and names costs less than one and a half KiB`() throws {
        var subject = try Subject.open()
        for n in 1...5 {
            let sku = "warehouse/main:0123456789-\(n)"
            try subject.does(.addLine(item(sku, name: "A thing with a name of forty-eight characters \(n)")))
        }
        let cart = try #require(subject.state.cart)
        // The standard library's allocations on a 64-bit machine, in the allocator's steps of 16 bytes with
        // 8 of its own.
        func block(_ bytes: Int) -> Int { (bytes + 8 + 15) / 16 * 16 }
        func heap(_ text: String) -> Int { text.utf8.count <= 15 ? 0 : block(32 + text.utf8.count + 1) }
        let texts = cart.lines.reduce(0) { $0 + heap($1.sku) + heap($1.name ?? "") }
        let array = block(32 + cart.lines.capacity * MemoryLayout<Line>.stride)
        #expect(MemoryLayout<CartState>.stride + array + texts < 1_536)
    }
}
