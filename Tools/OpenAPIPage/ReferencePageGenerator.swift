import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Generates the HTML reference of an OpenAPI document: `OpenAPIPage openapi.yaml docs.html`.
@main
package enum ReferencePageGenerator {
    /// Reads the document that the first argument names and writes the page that the second names.
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
    /// - Parameter text: OpenAPI in YAML, within the subset that our own document uses.
    package static func page(of text: String) throws -> String {
        guard let root = try Yams.compose(yaml: text) else { throw Failure("the document is empty") }
        return try ReferencePage(OpenAPIDocument(root)).html()
    }

    /// A flaw of the document or of the command line.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
