import Foundation
import Ownership
import SystemPackage
import Testing

@testable import NodeConfiguration

struct DataFolderTests {
    private let record = SessionRecord(
        session: SessionID("0123456789abcdef0123456789abcdef"),
        settled: "a:b:c",
        cluster: "cart",
        redis: "redis://somewhere:6379/0"
    )

    @Test func `the folder is made for its owner only`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path + "/a/b")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        try folder.release()
    }

    @Test func `a folder in use is refused to another node, which learns the holder`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        let here = ProcessInfo.processInfo.processIdentifier
        #expect(throws: DataFolderFailure.taken(path: scratch.path, holder: here)) {
            try DataFolder(path: scratch.path)
        }
        try folder.release()
        try DataFolder(path: scratch.path).release()
    }

    @Test func `a folder that another process locked is refused until that process is gone, however it goes`()
        throws
    {
        let scratch = try TemporaryFolder()
        let holder = Process()
        let output = Pipe()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "flock", "--no-fork", "\(scratch.path)/lock", "sh", "-c", "echo locked; exec sleep 600",
        ]
        holder.standardOutput = output
        try holder.run()
        #expect(try output.fileHandleForReading.read(upToCount: 6) == Data("locked".utf8))
        #expect(throws: DataFolderFailure.taken(path: scratch.path, holder: nil)) {
            try DataFolder(path: scratch.path)
        }
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        try DataFolder(path: scratch.path).release()
    }

    @Test func `another process cannot take the folder that this one has`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        let other = try Process.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            arguments: ["flock", "--nonblock", "\(scratch.path)/lock", "true"]
        )
        other.waitUntilExit()
        #expect(other.terminationStatus == 1)
        try folder.release()
    }

    @Test func `a child does not keep the folder of a node that gave it up`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        let child = try Process.run(URL(fileURLWithPath: "/usr/bin/env"), arguments: ["sleep", "600"])
        defer {
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
        }
        #expect(throws: DataFolderFailure.self) { try DataFolder(path: scratch.path) }
        try folder.release()
        #expect(throws: Never.self) { try DataFolder(path: scratch.path).release() }
        #expect(child.isRunning)
    }

    @Test func `a copy of the open file does not keep a lock that was released`() throws {
        let scratch = try TemporaryFolder()
        let path = FilePath(scratch.path).appending("lock")
        let lock = try #require(try FolderLock.take(path))
        // A child that is being made has copies of all open files until it runs its program.
        let copy = try lock.file.duplicate()
        #expect(try FolderLock.take(path) == nil)
        try lock.release()
        let next = try #require(try FolderLock.take(path), "the copy keeps the lock")
        try copy.close()
        #expect(try FolderLock.take(path) == nil, "closing the copy released the lock")
        try next.release()
    }

    @Test func `a folder that cannot be created is refused with the reason`() throws {
        let scratch = try TemporaryFolder()
        let file = try scratch.file("file", content: "")
        #expect(throws: DataFolderFailure.self) { try DataFolder(path: file + "/folder") }
    }

    @Test func `a successor finds the last record`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        #expect(folder.predecessor() == .none)
        try folder.record(
            SessionRecord(session: record.session, settled: nil, cluster: "x", redis: "embedded")
        )
        try folder.record(record)
        try folder.release()
        let next = try DataFolder(path: scratch.path)
        #expect(next.predecessor() == .record(record, isOver: true))
        try next.release()
    }

    @Test(arguments: [
        "", "{", "null", "[]", "{}", "\u{0}\u{0}\u{0}",
        #"{"version":1,"session":"0123456789abcdef0123456789abcde","cluster":"cart","redis":"embedded"}"#,
        #"{"version":1,"session":"0123456789ABCDEF0123456789ABCDEF","cluster":"cart","redis":"embedded"}"#,
        #"{"version":2,"session":"0123456789abcdef0123456789abcdef","cluster":"cart","redis":"embedded"}"#,
    ])
    func `a file that is not a record is reported as corrupted and can be replaced`(content: String) throws {
        let scratch = try TemporaryFolder()
        _ = try scratch.file("session", content: content)
        let folder = try DataFolder(path: scratch.path)
        guard case .corrupted = folder.predecessor() else {
            Issue.record("\(folder.predecessor())")
            return
        }
        try folder.record(record)
        #expect(folder.predecessor() == .record(record, isOver: true))
        try folder.release()
    }

    @Test func `a write that was cut off leaves the former record`() throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        try folder.record(record)
        _ = try scratch.file("session.new", content: "{\"version\":1,\"sess")
        #expect(folder.predecessor() == .record(record, isOver: true))
        try folder.record(record)
        try folder.release()
    }
}
