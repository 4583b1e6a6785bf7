import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An exclusive right to a folder, as long as any process holds a copy of this open file.
///
/// The system takes the right back when its last holder dies, however it dies. The file is never deleted: two processes
/// could hold two files of one name.
struct FolderLock: Sendable {
    let file: FileDescriptor

    /// Nil where somebody else holds the lock.
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

    /// Leaves a note in the file for people who wonder who holds it.
    func sign(_ note: String) throws {
        try file.resize(to: 0)
        _ = try file.writeAll(toAbsoluteOffset: 0, (note + "\n").utf8)
    }

    /// Takes the right from every holder, also from a child that is only just being made and has copies of all our files.
    func release() throws {
        let outcome = flock(file.rawValue, LOCK_UN)
        let reason = Errno(rawValue: errno)
        try file.close()
        if outcome != 0 { throw reason }
    }
}
