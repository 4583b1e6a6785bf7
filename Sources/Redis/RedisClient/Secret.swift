/// A text that no log, error or dump may show.
package struct Secret: Sendable, Equatable {
    /// The text itself, for the one place that sends it.
    package let revealed: String

    /// From now on the text is hidden.
    package init(_ text: String) { self.revealed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
