import NIOHTTP1

/// Requests that do not pass the parser, because the handler in front of it recognized and took them.
extension ConnectionMachine {
    /// True if such a request may be taken: nothing is owed, no body is awaited, and nothing ends.
    var takesRecognized: Bool {
        switch state {
        case .idle: !awaitsBody && !isDraining && !isCancelled
        case .owed, .ending, .over: false
        }
    }

    /// A request was taken. Its answer is owed.
    mutating func tookRecognized() {
        state = .owed(.recognized)
    }

    /// The responder answers it.
    ///
    /// - Parameter closes: true if the connection is to end with this answer.
    /// - Returns: true if it does; nil if the answer is not written any more.
    mutating func respondsToRecognized(_ status: HTTPResponseStatus, closes: Bool) -> Bool? {
        switch state {
        case .idle, .ending, .over:
            return nil
        case .owed(var exchange):
            exchange.hasBegun = true
            exchange.closes = exchange.closes || closes || isDraining || status == .payloadTooLarge
            state = .owed(exchange)
            return exchange.closes
        }
    }
}

extension ConnectionMachine.Exchange {
    /// A request of the shape that is recognized: of HTTP/1.1, with nothing that concerns the connection.
    fileprivate static let recognized = Self(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
}
