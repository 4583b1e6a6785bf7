import Foundation
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension DataFolder {
    private var recordFile: FilePath { FilePath(path).appending("session") }

    /// The record of the process that had this folder before.
    package func predecessor() -> PredecessorRecord {
        let file = recordFile.string
        guard FileManager.default.fileExists(atPath: file) else { return .none }
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            let content = try JSONDecoder().decode(SessionRecordFile.self, from: bytes)
            guard let record = content.record else {
                return .corrupted(reason: "no valid session id in \(file)")
            }
            return .record(record, isOver: content.site.map(site.provesEnd(ofHolderAt:)) ?? false)
        } catch is DecodingError {
            return .corrupted(reason: "not a record: \(file)")
        } catch {
            return .corrupted(reason: "\(file) cannot be read: \(Self.reason(error))")
        }
    }

    /// Writes the record for the next process. On return it is on the disk; a crash at any point leaves the
    /// former record or this one.
    package func record(_ record: SessionRecord) throws(DataFolderFailure) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try replace(
                recordFile,
                with: encoder.encode(SessionRecordFile(record, at: site)) + Data("\n".utf8)
            )
        } catch {
            throw .unusable(path: path, reason: Self.reason(error))
        }
    }

    private func replace(_ file: FilePath, with bytes: Data) throws {
        let fresh = FilePath(path).appending("session.new")
        let opened = try FileDescriptor.open(
            fresh,
            .writeOnly,
            options: [.create, .truncate, .closeOnExec, .noFollow],
            permissions: [.ownerReadWrite]
        )
        try opened.closeAfter {
            _ = try opened.writeAll(bytes)
            try Self.sync(opened)
        }
        guard rename(fresh.string, file.string) == 0 else { throw Errno(rawValue: errno) }
        let folder = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .directory])
        try folder.closeAfter { try Self.sync(folder) }
    }

    private static func sync(_ file: FileDescriptor) throws {
        while fsync(file.rawValue) != 0 {
            let reason = Errno(rawValue: errno)
            guard reason == .interrupted else { throw reason }
        }
    }
}
