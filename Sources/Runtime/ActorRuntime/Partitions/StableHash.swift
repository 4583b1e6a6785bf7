/// A hash that is the same in every process, which that of Swift's `Hasher` is not.
///
/// FNV-1a (Fowler, Noll and Vo, 1991), finished with a multiply-shift mix.
struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ text: String) {
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    var value: UInt64 {
        (state ^ (state >> 32)) &* 0x9e37_79b9_7f4a_7c15
    }
}
