import NIOHTTP1

/// The web origins whose pages may call the node from a browser (Fetch, the CORS protocol).
package struct CORSPolicy: Equatable, Sendable {
    /// The time for which a browser may keep the answer to a preflight, in seconds.
    static let maximumAge = 3_600

    /// The header fields of answers that pages may read, beside those that they always may.
    static let exposed =
        "Allow, Cart-Node, ETag, Idempotency-Replayed, Idempotency-Version, Location, Retry-After, WWW-Authenticate"

    /// The header fields that pages may send, for a preflight that asks for none.
    static let accepted =
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"

    private let origins: Set<String>

    /// - Parameter origins: exact origins, as browsers spell them in `Origin`; none by default.
    package init(origins: Set<String> = []) {
        self.origins = origins
    }

    /// True if pages of some origins may call the node.
    var admitsPages: Bool { !origins.isEmpty }

    /// Adds what a browser must know to hand the answer to the page.
    ///
    /// - Parameter request: the part of the request that decides.
    func addFields(to headers: inout HTTPHeaders, for request: Request) {
        guard !origins.isEmpty else { return }
        headers.add(name: "Vary", value: "Origin")
        guard let origin = request.origin, origins.contains(origin) else { return }
        headers.add(name: "Access-Control-Allow-Origin", value: origin)
        guard request.isPreflight else {
            headers.add(name: "Access-Control-Expose-Headers", value: Self.exposed)
            return
        }
        headers.add(name: "Vary", value: "Access-Control-Request-Headers")
        headers.add(name: "Access-Control-Allow-Methods", value: headers["Allow"].joined(separator: ", "))
        headers.add(name: "Access-Control-Allow-Headers", value: request.fields ?? Self.accepted)
        headers.add(name: "Access-Control-Max-Age", value: String(Self.maximumAge))
    }

    /// The part of a request that the CORS protocol reads.
    struct Request: Equatable, Sendable {
        /// The page's origin; nil where the request does not come from a page, or not across origins.
        let origin: String?
        /// True if a browser asks whether the page may send its request.
        let isPreflight: Bool
        /// The header fields that the page would send; nil where there are none.
        let fields: String?

        init(_ head: HTTPRequestHead) {
            origin = head.headers.first(name: "Origin")
            isPreflight =
                head.method == .OPTIONS && origin != nil
                && head.headers.contains(name: "Access-Control-Request-Method")
            let asked = isPreflight ? head.headers.first(name: "Access-Control-Request-Headers") : nil
            fields = asked.flatMap { Self.isListOfNames($0) ? $0 : nil }
        }

        /// True for names of header fields with commas between them, so that they can stand in an answer.
        private static func isListOfNames(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                        UInt8(ascii: ","), UInt8(ascii: " "):
                        true
                    default: false
                    }
                }
        }
    }
}
