/// Whole units, rounded towards zero. A duration beyond the range of the result is clamped to it.
extension Duration {
    @inlinable package var wholeNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }

    @inlinable package var wholeMicroseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000_000) }

    @inlinable package var wholeMilliseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000_000_000) }

    @inlinable package var wholeSeconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000_000_000_000) }

    /// Whole seconds, rounded up.
    @inlinable package var secondsRoundedUp: Int64 {
        let (seconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        return Int64(clamping: rest > 0 ? seconds + 1 : seconds)
    }
}
