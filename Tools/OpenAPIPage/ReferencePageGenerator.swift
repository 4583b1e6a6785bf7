import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the page for people of the document: `OpenAPIPage openapi.yaml docs.html`.
@main
package enum ReferencePageGenerator {
    /// Writes it.
    package static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let source = arguments.first, let target = arguments.dropFirst().first else {
            throw Failure("usage: OpenAPIPage DOCUMENT PAGE")
        }
        let text = try String(contentsOfFile: source, encoding: .utf8)
        try Data(page(of: text).utf8).write(to: URL(filePath: target))
    }

    /// The page of a document.
    ///
    /// - Parameter text: OpenAPI in YAML, of the kind that ours is.
    package static func page(of text: String) throws -> String {
        guard let root = try Yams.compose(yaml: text) else { throw Failure("there is no document") }
        return try ReferencePage(OpenAPIDocument(root)).html()
    }

    /// What is wrong with the document.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
