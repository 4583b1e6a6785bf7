internal import COpenAPIDocument

/// The REST face as a document, in the binary itself: a node is one file and needs no folder beside it.
package enum APIDocument {
    /// OpenAPI 3.1, in YAML: `openapi.yaml` of `COpenAPIDocument`.
    package static var yaml: String { String(cString: openapi_yaml()) }

    /// The same for people, as one page of HTML that loads nothing: `docs.html`, made by `scripts/generate`.
    package static var page: String { String(cString: openapi_page()) }
}
