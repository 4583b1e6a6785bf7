import Foundation

/// The targets of `Package.swift`, read from its text.
struct Manifest {
    struct Target {
        /// Relative to the package.
        let path: String
        /// As in `import`: targets of ours, and libraries of others.
        var uses: [String]
        /// True for a program.
        let runs: Bool
        /// True for a target of which the image is built.
        let ships: Bool

        /// The last part of the path.
        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    }

    let targets: [String: Target]

    /// The package's own folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL

    init() throws {
        let file = Self.root.appending(path: "Package.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        var targets: [Target] = []
        // A paragraph each: kind, path and uses, which go on in lines that are indented further.
        let head = /^ {4}(?<kind>[a-z]+) (?<path>[A-Z]\w+\/[\w\/]+)(?<uses>:.*)?$/
        let more = /^ {8}(?<uses>\w[\w ]*)$/
        var (ships, isOpen) = (true, false)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // The product's targets come first.
            if line.hasPrefix("let toolTargets") { ships = false }
            if let match = line.wholeMatch(of: head) {
                isOpen = match.uses != nil
                let uses = (match.uses ?? "").dropFirst().split(separator: " ").map(String.init)
                let runs = match.kind == "executable"
                targets.append(Target(path: String(match.path), uses: uses, runs: runs, ships: ships))
            } else if isOpen, let match = line.wholeMatch(of: more) {
                targets[targets.count - 1].uses += match.uses.split(separator: " ").map(String.init)
            } else {
                isOpen = false
            }
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
