import Foundation
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The folder of an embedded Redis: inside the node's data folder, for its owner only.
struct RedisHome: Sendable {
    /// A longer path does not fit into a socket's address.
    static let socketPathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    let folder: FilePath
    let socket: String

    var lock: FilePath { folder.appending("lock") }
    var log: FilePath { folder.appending("redis.log") }
    var processFile: FilePath { folder.appending("redis.pid") }

    /// Creates the folder, and finds a place for the socket where the folder's own path is too long for one.
    init(in dataFolder: String, temporary: String = NSTemporaryDirectory()) throws {
        folder = FilePath(dataFolder).appending("redis")
        try FileManager.default.createDirectory(
            atPath: folder.string,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let usual = folder.appending("redis.sock").string
        socket = usual.utf8.count <= Self.socketPathLimit ? usual : try Self.shortSocket(folder, temporary)
    }

    /// A socket's path in a private temporary folder: the recorded one, so that a server that still runs is
    /// found again, or else a new one.
    private static func shortSocket(_ folder: FilePath, _ temporary: String) throws -> String {
        let record = URL(fileURLWithPath: folder.appending("socket-folder").string)
        if FileManager.default.fileExists(atPath: record.path) {
            let known = try String(contentsOf: record, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines
            )
            if isPrivateFolder(known) { return "\(known)/redis.sock" }
        }
        var template = Array(
            "\(temporary.hasSuffix("/") ? temporary : temporary + "/")cart-node-XXXXXX".utf8CString
        )
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try Data("\(made)\n".utf8).write(to: record, options: .atomic)
        return "\(made)/redis.sock"
    }

    /// True if the path is a folder that only our user can write to.
    private static func isPrivateFolder(_ path: String) -> Bool {
        var found = stat()
        guard lstat(path, &found) == 0 else { return false }
        return found.st_mode & S_IFMT == S_IFDIR && found.st_uid == geteuid() && found.st_mode & 0o077 == 0
    }
}
