/// The limits of a client's connection, and what all answers on it say.
package struct ConnectionPolicy: Sendable {
    /// The node's name, as `Cart-Node` gives it.
    package var node: String
    /// The longest body of a request, in bytes.
    package var bodyBytes = 64 * 1024
    /// The longest target of a request, in bytes.
    package var targetBytes = 8 * 1024
    /// The longest header field of a request with its name, in bytes.
    package var fieldBytes = 16 * 1024
    /// The longest header of a request without its first line, in bytes.
    package var headerBytes = 32 * 1024
    /// The most header fields of a request.
    package var fieldCount = 200
    /// The longest silence of a connection, and the longest time that the head of a request may take to arrive.
    package var silence: Duration = .seconds(75)
    /// The longest time from a request's head to the end of its body.
    package var bodyTime: Duration = .seconds(10)
    /// The same while the node drains, counted from the beginning of the drain.
    package var drainingBodyTime: Duration = .seconds(3)
    /// The longest time that the client may need for `stallBytes` of what is written for it, or for all of it
    /// where that is less.
    package var stallTime: Duration = .seconds(30)
    /// The fewest bytes that a client must take in that time to get as much again.
    package var stallBytes = 32 * 1024
    /// The longest time that the client has for all of it while the node drains, counted from the beginning of
    /// the drain.
    package var drainingStallTime: Duration = .seconds(5)
    /// The time for which the node still reads, and discards, once the last answer on a connection has left: a
    /// connection that is closed at once can cost the client that answer (RFC 9112, 9.6).
    package var linger: Duration = .seconds(2)
    /// The pages that may call the node.
    package var cors = CORSPolicy()

    /// - Parameter node: the node's name.
    package init(node: String) {
        self.node = node
    }

    /// The longest header field and the longest target that are read at all. Beyond it the header is not
    /// parsed to its end.
    var parsedFieldBytes: Int { 2 * max(fieldBytes, targetBytes) }
    /// The longest header with its first line that is read at all.
    var parsedHeaderBytes: Int { 2 * (headerBytes + targetBytes) }
}
