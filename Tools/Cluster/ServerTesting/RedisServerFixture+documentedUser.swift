internal import Foundation

extension RedisServerFixture {
    /// The words of the `ACL SETUSER` command in `docs/operating.md`, which makes the user `cart` with the
    /// password `PASSWORD`, after the command's name.
    package static func documentedUser() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let document = try String(contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
        guard let line = document.split(separator: "\n").first(where: { $0.hasPrefix("ACL SETUSER cart ") })
        else { throw Failure(description: "docs/operating.md has no rule for the user") }
        return line.split(separator: " ").dropFirst().map(String.init)
    }
}
