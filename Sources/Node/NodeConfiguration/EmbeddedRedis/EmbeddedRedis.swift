import Foundation
package import Logging
package import RedisClient
import ServiceLifecycle
import SystemPackage
import Timing

/// The node's own Redis: a `redis-server` behind a Unix socket in the data folder, which keeps every change
/// there.
///
/// The server outlives a node that is killed: the next node on this folder finds it running and uses it. It
/// ends with a node that shuts down gracefully. A lock that the server itself holds tells whether one runs,
/// so that two never write to one folder.
package struct EmbeddedRedis: Service, Sendable {
    /// The pauses before a server that ended is started again.
    static let restartBackoff = Backoff(floor: .milliseconds(100), ceiling: .seconds(5), jitter: .none)
    /// A server that ran for this long counts as started: the pauses begin again at the shortest.
    static let stableAfter: Duration = .seconds(10)
    /// The time that a server has to end before it is killed; its data is safe either way.
    static let shutdownTime: Duration = .seconds(10)

    /// The connection to the server.
    package let configuration: RedisConfiguration
    let home: RedisHome
    let program: String
    let fsync: EmbeddedFsync
    let logger: Logger
    /// A server that ends again and again would fill the log.
    let logThrottle = LogThrottle(interval: .seconds(30))

    /// Prepares the folder; `run` starts the server.
    ///
    /// - Parameters:
    ///   - dataFolder: the caller holds its lock.
    ///   - searchPath: folders in which `redis-server` is looked for, in the form of `PATH`.
    package init(
        in dataFolder: String,
        fsync: EmbeddedFsync,
        searchPath: String,
        logger: Logger
    ) throws(EmbeddedRedisFailure) {
        let folders = searchPath.split(separator: ":").filter { $0.hasPrefix("/") }
        let programs = folders.map { "\($0)/redis-server" }
        guard let program = programs.first(where: FileManager.default.isExecutableFile) else {
            throw .notInstalled
        }
        do {
            self.home = try RedisHome(in: dataFolder)
        } catch {
            throw .unusable(path: dataFolder, reason: DataFolder.reason(error))
        }
        self.program = program
        self.fsync = fsync
        self.logger = logger
        self.configuration = RedisConfiguration(address: .unix(path: home.socket))
    }

    /// The connection to the server of a node that runs on this data folder. Prepares and starts nothing.
    package static func running(in dataFolder: String) throws(EmbeddedRedisFailure) -> RedisConfiguration {
        let folder = "\(dataFolder)/redis"
        guard FileManager.default.fileExists(atPath: folder) else {
            throw .unusable(path: folder, reason: "it has never held an embedded Redis")
        }
        do {
            return RedisConfiguration(address: .unix(path: try RedisHome(in: dataFolder).socket))
        } catch {
            throw .unusable(path: dataFolder, reason: DataFolder.reason(error))
        }
    }

    /// The server's options. It listens to nothing but its socket and evicts nothing.
    var arguments: [String] {
        [
            "--port", "0",
            "--unixsocket", home.socket,
            "--unixsocketperm", "700",
            "--dir", home.folder.string,
            "--pidfile", home.processFile.string,
            "--daemonize", "no",
            "--save", "",
            "--appendonly", "yes",
            "--appendfsync", fsync.rawValue,
            "--maxmemory-policy", "noeviction",
        ]
    }
}

/// The reason why there can be no embedded Redis.
package enum EmbeddedRedisFailure: Error, Sendable, Hashable, CustomStringConvertible {
    case notInstalled
    case unusable(path: String, reason: String)

    /// The exit status of a process that stops for this reason: `EX_UNAVAILABLE` or `EX_CANTCREAT`.
    package var exitCode: Int32 {
        switch self {
        case .notInstalled: 69
        case .unusable: 73
        }
    }

    /// One line, without the program's name.
    package var description: String {
        switch self {
        case .notInstalled:
            "redis-url: not given, and there is no redis-server on the PATH for an embedded one "
                + "(install it, on Debian with: apt-get install redis-server; or give --redis-url)"
        case .unusable(let path, let reason):
            "data-dir: no place for the embedded Redis in \(path): \(reason)"
        }
    }
}
