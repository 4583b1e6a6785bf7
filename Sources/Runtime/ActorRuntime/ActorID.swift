/// The name of one actor in its cluster, validated by whoever takes requests: stores make keys of it, so it
/// holds no braces.
package struct ActorID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
