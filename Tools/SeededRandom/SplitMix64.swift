/// Random numbers from a seed: the same seed gives the same numbers on every machine.
///
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(state)
    }

    /// A number from 0 up to but not including 1.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// An independent generator, one for each index; this generator's own numbers stay the same.
    package func fork(_ index: UInt64) -> SplitMix64 {
        SplitMix64(seed: SplitMix64.mix(state ^ SplitMix64.mix(index &+ 0xD1B5_4A32_D192_ED03)))
    }

    /// A bijection in which every bit of the word affects every bit of the result.
    package static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
