// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

extension UnsafeRawBufferPointer {
    /// True if the bytes are this text. Upper and lower case are the same.
    ///
    /// - Parameter known: in lower case; of the same length.
    func isEqual(ignoringCase known: StaticString) -> Bool {
        for place in 0..<known.utf8CodeUnitCount {
            let letter = known.utf8Start[place]
            // The bit that tells the cases of a letter apart; a hyphen has it anyway.
            let isLetter = letter >= UInt8(ascii: "a")
            guard (isLetter ? self[place] | 0x20 : self[place]) == letter else { return false }
        }
        return true
    }
}
