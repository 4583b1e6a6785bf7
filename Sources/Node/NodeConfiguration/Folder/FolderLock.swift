import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An exclusive lock on a folder, held as long as any process has a copy of this open file.
///
/// The system releases the lock when its last holder dies, however it dies. The file is never deleted:
/// otherwise two processes could hold two files of one name.
struct FolderLock: Sendable {
    let file: FileDescriptor

    /// Takes the lock; nil where another process holds it.
    ///
    /// - Throws: `Errno` where the file cannot be opened.
    static func take(_ path: FilePath) throws(Errno) -> FolderLock? {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite]
            )
        } catch {
            throw error as? Errno ?? .ioError
        }
        var refusal: Errno?
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let reason = Errno(rawValue: errno)
            if reason == .interrupted { continue }
            refusal = reason
            break
        }
        guard let refusal else { return FolderLock(file: file) }
        _ = close(file.rawValue)
        if refusal == .wouldBlock { return nil }
        throw refusal
    }

    /// Writes a note into the file that tells people who holds the lock.
    func sign(_ note: String) throws {
        try file.resize(to: 0)
        _ = try file.writeAll(toAbsoluteOffset: 0, (note + "\n").utf8)
    }

    /// Releases the lock for every holder, also for a child process that is just being created and has copies
    /// of all our open files.
    func release() throws {
        let outcome = flock(file.rawValue, LOCK_UN)
        let reason = Errno(rawValue: errno)
        try file.close()
        if outcome != 0 { throw reason }
    }
}
