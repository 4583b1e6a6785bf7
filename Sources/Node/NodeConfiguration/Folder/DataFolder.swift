import Foundation
import SystemPackage

/// The folder of one node; no other process has it as long as this one lives.
///
/// A process that gets the very lock that another held knows that the other is gone, and with it the session
/// that it recorded (`PredecessorRecord`).
package final class DataFolder: Sendable {
    /// Absolute.
    package let path: String
    private let lock: FolderLock
    let site: LockSite

    /// Creates the folder if it is missing, for its owner only, and takes its lock. The lock is held until
    /// the process ends or `release` is called, also when nothing refers to this object any more.
    package init(path: String, system: RunningSystem = RunningSystem()) throws(DataFolderFailure) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        do {
            try FileManager.default.createDirectory(
                atPath: absolute,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .unusable(path: absolute, reason: Self.reason(error))
        }
        let file = FilePath(absolute).appending("lock")
        do {
            guard let lock = try FolderLock.take(file) else {
                let holder = FileManager.default.contents(atPath: file.string).flatMap {
                    String(bytes: $0, encoding: .utf8)
                }
                throw DataFolderFailure.taken(
                    path: absolute,
                    holder: holder.flatMap { Int32($0.prefix { $0.isNumber }) }
                )
            }
            try lock.sign("\(ProcessInfo.processInfo.processIdentifier)")
            self.lock = lock
            self.site = try LockSite(of: lock, on: system)
            self.path = absolute
        } catch let failure as DataFolderFailure {
            throw failure
        } catch {
            throw .unusable(path: absolute, reason: Self.reason(error))
        }
    }

    /// Gives up the lock. From then on nothing may be done under the recorded session.
    package func release() throws(DataFolderFailure) {
        do {
            try lock.release()
        } catch {
            throw .unusable(path: path, reason: Self.reason(error))
        }
    }

    static func reason(_ error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (error as? Errno)?.description ?? cause?.localizedDescription ?? "\(error)"
    }
}

/// The reason why a data folder cannot be used.
package enum DataFolderFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process holds its lock; `holder` is that process's id, if it left one.
    case taken(path: String, holder: Int32?)
    case unusable(path: String, reason: String)

    /// The exit status of a process that stops for this reason: `EX_TEMPFAIL` or `EX_CANTCREAT`.
    package var exitCode: Int32 {
        switch self {
        case .taken: 75
        case .unusable: 73
        }
    }

    /// One line, without the program's name.
    package var description: String {
        switch self {
        case .taken(let path, let holder):
            "data-dir: \(path) is in use by another node" + (holder.map { ", process \($0)" } ?? "")
                + " (give each node a folder of its own with --data-dir)"
        case .unusable(let path, let reason):
            "data-dir: \(path) cannot be used: \(reason)"
        }
    }
}
