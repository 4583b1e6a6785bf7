import CartTesting
import NIOCore
import Testing

@testable import CartHTTP

/// The bytes that wait in front of the parser.
@Suite struct HeldBytesTests {
    private let allocator = ByteBufferAllocator()

    @Test func `bytes leave in the order in which they came, however they are taken`() {
        var generator = ValueGenerator(seed: UInt64.random(in: 1 ... .max))
        for _ in 0..<200 {
            var held = HeldBytes()
            var (came, left): ([UInt8], [UInt8]) = ([], [])
            for _ in 0..<40 {
                switch generator.number(0...5) {
                case 0...2:
                    let part = (0..<generator.number(0...30)).map { _ in UInt8(generator.number(0...255)) }
                    came += part
                    held.append(ByteBuffer(bytes: part))
                case 3: left += Array(buffer: held.take(atMost: generator.number(0...40)))
                case 4:
                    let count = generator.number(0...held.count)
                    left += held.withUnsafeBytes { Array($0.prefix(count)) }
                    held.drop(count)
                case _: held.settle(allocator)
                }
                #expect(held.count == came.count - left.count && held.isEmpty == (held.count == 0))
            }
            left += Array(buffer: held.takeAll())
            #expect(left == came && held.isEmpty)
        }
    }

    @Test func `bytes that wait are not copied each time that others come`() {
        var held = HeldBytes()
        var (places, copies) = (0, 0)
        for _ in 0..<4_096 {
            held.append(ByteBuffer(repeating: 0, count: 64))
            held.settle(allocator)
            let place = held.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
            if place != places { copies += 1 }
            places = place
        }
        #expect(copies < 40)
    }

    @Test func `bytes that were taken do not stay for ever`() {
        var held = HeldBytes()
        held.append(ByteBuffer(repeating: 0, count: 1_000))
        for _ in 0..<4_096 {
            held.append(ByteBuffer(repeating: 0, count: 1_000))
            held.settle(allocator)
            _ = held.take(atMost: 1_000)
        }
        var rest = held.takeAll()
        rest.discardReadBytes()
        #expect(rest.readableBytes == 1_000 && rest.capacity < 20_000)
    }
}
