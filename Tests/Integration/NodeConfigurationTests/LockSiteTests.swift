import Foundation
import Ownership
import Testing

@testable import NodeConfiguration

/// The proof that the process which left a record is gone.
struct LockSiteTests {
    private let record = SessionRecord(
        session: SessionID("0123456789abcdef0123456789abcdef"),
        settled: "a:b:c",
        cluster: "cart",
        redis: "redis://somewhere:6379/0"
    )
    private static let machine = "3d1219c7c4c5404aaa1f6d2a48adfda4"

    private static func site(
        boot: String? = "boot-1",
        machine: String? = machine,
        device: UInt64 = 1,
        inode: UInt64 = 2
    ) -> LockSite {
        LockSite(boot: boot, machine: machine, device: device, inode: inode)
    }

    @Test(
        arguments: [
            (site(), true),
            (site(machine: nil), true),
            (site(device: 9), false),
            (site(inode: 9), false),
            // Booted since: the folder may lie anywhere.
            (site(boot: "boot-0"), true),
            (site(boot: "boot-0", device: 9, inode: 9), true),
            (site(boot: "boot-0", machine: "another"), false),
            (site(boot: "boot-0", machine: nil), false),
            (site(boot: nil), false),
            (site(boot: nil, machine: nil), false),
        ]
    )
    func `the holder of a lock is gone if it held this very lock, or if its machine was booted since`(
        former: LockSite,
        isGone: Bool
    ) {
        #expect(Self.site().provesEnd(ofHolderAt: former) == isGone)
    }

    @Test func `a system without ids proves nothing`() {
        #expect(!Self.site(boot: nil, machine: nil).provesEnd(ofHolderAt: Self.site(boot: nil, machine: nil)))
        #expect(!Self.site(machine: nil).provesEnd(ofHolderAt: Self.site(boot: "boot-0", machine: nil)))
    }

    @Test func `the copy of a living node's folder does not prove that node's end`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path + "/node")
        try folder.record(record)
        let copying = try Process.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            arguments: ["cp", "-r", folder.path, scratch.path + "/copy"]
        )
        copying.waitUntilExit()
        #expect(copying.terminationStatus == 0)
        let copy = try DataFolder(path: scratch.path + "/copy")
        #expect(copy.predecessor() == .record(record, isOver: false))
        // From now on it is a folder of its own.
        try copy.record(record)
        try copy.release()
        let next = try DataFolder(path: scratch.path + "/copy")
        #expect(next.predecessor() == .record(record, isOver: true))
        try next.release()
        try folder.release()
    }

    @Test func `a folder that was moved to another machine does not prove the end of its node`() throws {
        let scratch = try TemporaryFolder()
        let here = RunningSystem(boot: "boot-1", machine: Self.machine)
        let folder = try DataFolder(path: scratch.path, system: here)
        try folder.record(record)
        try folder.release()
        let elsewhere = RunningSystem(boot: "boot-2", machine: "0123456789abcdef0123456789abcdef")
        let moved = try DataFolder(path: scratch.path, system: elsewhere)
        #expect(moved.predecessor() == .record(record, isOver: false))
        try moved.release()
        let booted = try DataFolder(
            path: scratch.path,
            system: RunningSystem(boot: "boot-3", machine: Self.machine)
        )
        #expect(booted.predecessor() == .record(record, isOver: true))
        try booted.release()
    }

    @Test func `the record of an older build proves nothing`() throws {
        let scratch = try TemporaryFolder()
        let session = record.session.rawValue
        let old =
            #"{"version":1,"session":"\#(session)","settled":"a:b:c","cluster":"cart","#
            + #""redis":"redis://somewhere:6379/0"}"#
        _ = try scratch.file("session", content: old)
        let folder = try DataFolder(path: scratch.path)
        #expect(folder.predecessor() == .record(record, isOver: false))
        try folder.release()
    }

    @Test(arguments: [
        ("\(machine)\n", true, machine), ("\(machine)\n", false, nil), ("uninitialized\n", true, nil),
        ("", true, nil), ("00000000000000000000000000000000\n", true, nil),
    ])
    func `a machine's id counts where systemd keeps it`(
        content: String,
        isManaged: Bool,
        expected: String?
    ) throws {
        let root = try TemporaryFolder()
        let files = FileManager.default
        for folder in ["/etc", "/proc/sys/kernel/random"] + (isManaged ? ["/run/systemd/system"] : []) {
            try files.createDirectory(atPath: root.path + folder, withIntermediateDirectories: true)
        }
        _ = try root.file("etc/machine-id", content: content)
        _ = try root.file("proc/sys/kernel/random/boot_id", content: "73bfe85a\n")
        let system = RunningSystem(root: root.path)
        #expect(system.machine == expected)
        #expect(system.boot == "73bfe85a")
        #expect(RunningSystem(root: root.path + "/nowhere") == RunningSystem(boot: nil, machine: nil))
    }
}
