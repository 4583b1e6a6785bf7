internal import SystemPackage

/// Access to the small text files of Linux's `/proc`, whose sizes are not known before they are read.
package enum ProcFile {
    /// The whole content of a file.
    package static func text(at path: String) throws -> String {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            var text: [UInt8] = []
            let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
            defer { part.deallocate() }
            while true {
                let count = try file.read(into: part)
                guard count > 0 else { return String(decoding: text, as: UTF8.self) }
                text += part[..<count]
            }
        }
    }

    static func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(FilePath(path), .writeOnly)
        _ = try file.closeAfter { try file.writeAll(text.utf8) }
    }
}
