#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A file that is needed to reach the server, and cannot be used. Contains nothing of the file's content.
package struct RedisFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path.
    package let file: String
    /// The reason, in words.
    package let reason: String

    package var description: String { "\(file): \(reason)" }
}

extension RedisConfiguration {
    /// The configuration with the server that the file names now; itself if there is no file.
    ///
    /// The number of the database stays as it is, because channels are named after it. Whether there are sentinels
    /// stays too, because leases and confirmations follow from it, and so does the name by which they know the
    /// primary: another name is another data set, and what was found under the former one would be taken for it.
    func reread() throws(RedisFileError) -> RedisConfiguration {
        guard let serverFile else { return self }
        let named = try RedisConfiguration(serverFile: serverFile)
        guard named.database == database else {
            throw RedisFileError(
                file: serverFile,
                reason: "it names database \(named.database), and a running client stays in \(database)"
            )
        }
        guard named.sentinels?.primary == sentinels?.primary else {
            let present = sentinels.map { "the primary that sentinels call \($0.primary)" }
            throw RedisFileError(
                file: serverFile,
                reason: "a running client stays with \(present ?? "a server that no sentinels name")"
            )
        }
        guard (named.cluster == nil) == (cluster == nil) else {
            throw RedisFileError(
                file: serverFile,
                reason:
                    "a running client \(cluster == nil ? "does not change to" : "stays with") a Redis Cluster"
            )
        }
        var fresh = self
        fresh.address = named.address
        if let sentinels { fresh.identifyAtSentinels(user: sentinels.user, password: sentinels.password) }
        fresh.user = named.user
        fresh.password = named.password
        fresh.tls = named.tls
        fresh.clientName = named.clientName
        return fresh
    }

    /// Reads the server from a file, in any form of `init(server:)`, with white space around it. The file is
    /// read anew for each attempt to connect.
    package init(serverFile: String) throws(RedisFileError) {
        guard let bytes = FileManager.default.contents(atPath: serverFile),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw RedisFileError(file: serverFile, reason: "the file cannot be read as text") }
        do throws(RedisURLError) {
            try self.init(server: Self.trimmed(text))
        } catch {
            throw RedisFileError(file: serverFile, reason: "\(error)")
        }
        self.serverFile = serverFile
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let head = text.drop(while: \.isWhitespace)
        let end = head.lastIndex { !$0.isWhitespace }.map(head.index(after:)) ?? head.startIndex
        return String(head[..<end])
    }
}
