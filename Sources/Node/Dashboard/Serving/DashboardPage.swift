internal import CDashboard
internal import Crypto
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The page itself: one document with its style and script inside, put together from the files of `CDashboard`,
/// which lie in the binary.
struct DashboardPage: Sendable {
    let html: String
    /// Allows nothing but this style and this script, and questions to nodes.
    private let policy: String

    init() {
        let (style, script) = (String(cString: dashboard_style()), String(cString: dashboard_script()))
        html = String(cString: dashboard_html())
            .replacing("/* page.css */", with: style)
            .replacing("/* the scripts */", with: script)
        // Nodes that join later are unknown when the page is made, and their addresses are for those alone who
        // have the token: which nodes answer the page is up to those (`PageOrigins`).
        policy =
            "default-src 'none'; script-src '\(Self.hash(script))'; style-src '\(Self.hash(style))'; "
            + "connect-src 'self' http:; img-src data:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
    }

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy,
                .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                .named("Referrer-Policy"): "no-referrer",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html))
        )
    }

    /// A text as a policy names it (Content Security Policy Level 3, 2.3.1).
    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
}
