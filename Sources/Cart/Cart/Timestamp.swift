/// A wall-clock time as its creator read it: shown to people and stored, never compared to decide who may
/// act.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z. Any value is legal; negative ones lie before 1970.
    package let milliseconds: Int64

    /// The moment that lies `milliseconds` after the start of 1970.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier moments come first.
    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.milliseconds < b.milliseconds
    }
}
