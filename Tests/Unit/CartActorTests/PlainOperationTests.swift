import Cart
import CartProtobuf
import CartTesting
import SwiftProtobuf
import Testing

@testable import CartActor

/// Operations that are stored and read without the library are those of the library.
@Suite struct PlainOperationTests {
    @Test func `operations have the bytes of their messages, and are read as the library reads them`() throws
    {
        var generator = ValueGenerator(seed: 41)
        var damage = DamagedBytes(seed: 42)
        var survived = 0
        func compare(_ bytes: [UInt8]) -> Bool {
            guard let plain = PlainOperation.read(bytes) else { return false }
            #expect(plain == (try? StoredOperation(serializedBytes: bytes)), "\(bytes)")
            return true
        }
        for _ in 0..<500 {
            let version = [0, 1, .max, UInt64(generator.number(0...300))][generator.number(0...3)]
            let applied = AppliedOperation(
                generator.operation(),
                effect: generator.effect(),
                version: version
            )
            let bytes: [UInt8] = try StoredOperation(applied).serializedBytes()
            let isBatch = if case .actions = applied.effect { true } else { false }
            #expect(PlainOperation.bytes(of: applied) == (isBatch ? nil : bytes))
            #expect(compare(bytes) || isBatch)
            for cut in DamagedBytes.cuts(of: bytes) { _ = compare(cut) }
            for added in DamagedBytes.additions(to: bytes) { _ = compare(added) }
            for _ in 0..<20 where compare(damage.turned(bytes)) { survived += 1 }
        }
        #expect(survived > 1_000)
    }
}
