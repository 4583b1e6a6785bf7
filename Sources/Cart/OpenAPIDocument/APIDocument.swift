/// The REST face as a document, in the binary itself: a node is one file and needs no folder beside it.
package enum APIDocument {
    /// OpenAPI 3.1, in YAML: `openapi.yaml` in this folder.
    package static var yaml: [UInt8] { PackageResources.openapi_yaml }

    /// The same for people, as one page of HTML that loads nothing: `docs.html`, made by `scripts/generate`.
    package static var page: [UInt8] { PackageResources.docs_html }
}
