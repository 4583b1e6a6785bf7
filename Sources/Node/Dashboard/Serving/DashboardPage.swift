internal import Crypto
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The page itself: one document with its style and script inside, put together from the files of `Page`, which
/// lie in the binary.
struct DashboardPage: Sendable {
    /// The parts of the script, in the order in which they stand in the page. They are one module: a name at the
    /// top of one is known in the others.
    private static let scripts: [[UInt8]] = [
        PackageResources.format_js, PackageResources.parts_js, PackageResources.connection_js,
        PackageResources.nodes_js, PackageResources.redis_js, PackageResources.doctor_js,
        PackageResources.events_js, PackageResources.finder_js, PackageResources.main_js,
    ]

    let html: String
    /// Allows nothing but this style and this script, and questions to nodes.
    private let policy: String

    init() {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let script = Self.scripts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        html = String(decoding: PackageResources.page_html, as: UTF8.self)
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
