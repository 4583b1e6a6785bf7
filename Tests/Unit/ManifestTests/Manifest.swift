import Foundation

/// The targets of `Package.swift`, read from its text.
struct Manifest {
    struct Target {
        let name: String
        /// Relative to the package.
        let path: String
        /// As in `import`: targets of ours, and libraries of others.
        let uses: [String]
        /// Whether it is a program.
        let runs: Bool
        /// Whether it is among the targets of which the image is built.
        let ships: Bool
    }

    let targets: [String: Target]

    /// The package's own folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    init() throws {
        let file = Self.root.appending(path: "Package.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        // A helper's call with the path and perhaps what it uses: one string or one text of several lines.
        let call =
            /\b(?<helper>library|generated|executable|tests)\(\s*"(?<path>[^"]+)"(?:,\s*uses:\s*(?:"""(?<lines>[^"]*)"""|"(?<words>[^"]*)"))?/
        let system = /\.systemLibrary\(name: "(?<name>[^"]+)", path: "(?<path>[^"]+)"\)/
        // The product's targets come first.
        let end = text.firstRange(of: "let toolTargets")?.lowerBound ?? text.startIndex
        var targets: [Target] = []
        for match in text.matches(of: call) {
            let path = String(match.path)
            let uses = (match.lines ?? match.words ?? "").split(whereSeparator: \.isWhitespace)
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let ships = match.range.lowerBound < end
            let runs = match.helper == "executable"
            let words = uses.map(String.init)
            targets.append(Target(name: name, path: path, uses: words, runs: runs, ships: ships))
        }
        for match in text.matches(of: system) {
            let (name, path) = (String(match.name), String(match.path))
            targets.append(
                Target(name: name, path: path, uses: [], runs: false, ships: match.range.lowerBound < end)
            )
        }
        self.targets = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
    }

    /// The targets that ship.
    var product: [Target] { targets.values.filter(\.ships) }

    /// The targets of ours that a target uses directly.
    func own(_ target: Target) -> Set<String> {
        Set(target.uses.filter { targets[$0] != nil })
    }

    /// Everything that a target uses, directly or through others, itself excluded; also libraries of others.
    func reach(of name: String) -> Set<String> {
        var found: Set<String> = []
        var open = targets[name]?.uses ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += targets[next]?.uses ?? [] }
        }
        return found
    }
}
