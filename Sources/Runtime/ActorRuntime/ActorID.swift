/// The name of one actor in its cluster, as its face validated it: it becomes part of a Redis key, so it holds no braces.
package struct ActorID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
