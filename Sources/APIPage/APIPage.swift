import Yams

/// Makes the page for people of the document.
@main
enum APIPage {
    static func main() throws {
    }
}
