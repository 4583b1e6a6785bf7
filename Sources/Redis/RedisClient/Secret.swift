/// A text that is hidden from logs, errors and dumps.
package struct Secret: Sendable, Equatable {
    /// The text itself, for the one place that sends it.
    package let revealed: String

    /// Hides a text.
    package init(_ text: String) { self.revealed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
