import Foundation

/// The dependency picture of `ARCHITECTURE.md`: the fenced block tagged `arrows`, a line
/// `Target: Dependency ...` each.
struct DependencyPicture {
    let arrows: [String: [String]]

    /// - Returns: nil where the document has no such block.
    init?() throws {
        let file = Manifest.root.appending(path: "ARCHITECTURE.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let block = text.firstMatch(of: /```arrows\n(?<lines>(?:.|\n)*?)```/) else { return nil }
        var arrows: [String: [String]] = [:]
        for line in block.lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let dependencies = parts.dropFirst().first?.split(separator: " ") ?? []
            arrows[String(parts[0])] = dependencies.map(String.init)
        }
        self.arrows = arrows
    }
}
