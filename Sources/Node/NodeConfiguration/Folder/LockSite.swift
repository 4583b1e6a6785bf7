import Foundation
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The place of a folder's lock: the file, and the system that keeps the lock.
///
/// A lock belongs to one kernel. It tells nothing of a process on another machine that works on a copy of the
/// folder, or on the same folder over a network.
struct LockSite: Sendable, Hashable, Codable {
    /// The random id of the kernel's boot; nil where the system has none.
    let boot: String?
    /// The id of the machine; nil where it has none that is certainly its own.
    let machine: String?
    /// The lock file's device and number there. Two files that are open on one boot never have the same.
    let device: UInt64
    let inode: UInt64

    /// True if a process that held the lock at `former` is certainly gone, now that another holds it here: it
    /// held this very lock, or this machine was booted since.
    func provesEnd(ofHolderAt former: LockSite) -> Bool {
        guard let boot, let formerBoot = former.boot else { return false }
        if boot == formerBoot { return device == former.device && inode == former.inode }
        guard let machine else { return false }
        return machine == former.machine
    }
}

extension LockSite {
    /// The site of a lock that this process holds.
    init(of lock: FolderLock, on system: RunningSystem) throws(Errno) {
        var status = stat()
        guard fstat(lock.file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        self.init(
            boot: system.boot,
            machine: system.machine,
            device: UInt64(truncatingIfNeeded: status.st_dev),
            inode: UInt64(truncatingIfNeeded: status.st_ino)
        )
    }
}

/// The ids of the system that a process runs on.
package struct RunningSystem: Sendable, Hashable {
    /// The random id of the kernel's boot; nil where the system has none.
    package let boot: String?
    /// The id of the machine; nil where it has none that is certainly its own.
    package let machine: String?

    package init(boot: String?, machine: String?) {
        self.boot = boot
        self.machine = machine
    }

    /// Reads the ids from the file system.
    ///
    /// The machine's id counts only where systemd is the init process, which gives each machine an id of its
    /// own. In a container the file comes with the image, and is the same wherever that runs.
    ///
    /// - Parameter root: the folder in which `proc`, `etc` and `run` lie.
    package init(root: String = "") {
        boot = Self.line(of: root + "/proc/sys/kernel/random/boot_id")
        let isManaged = FileManager.default.fileExists(atPath: root + "/run/systemd/system")
        let id = isManaged ? Self.line(of: root + "/etc/machine-id") : nil
        machine = id.flatMap { id in
            let isID = id.utf8.count == 32 && id.allSatisfy(\.isHexDigit) && id.contains { $0 != "0" }
            return isID ? id : nil
        }
    }

    private static func line(of path: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let line = String(decoding: bytes.prefix(128), as: UTF8.self).prefix { !$0.isNewline }
        return line.isEmpty ? nil : String(line)
    }
}
