internal import Crypto

/// A Lua script, which Redis runs by its digest.
package struct RedisScript: Sendable, Equatable {
    /// For logs and errors.
    package let name: String
    /// The Lua text, with its `#!lua flags=…` line if it has one.
    package let source: String
    /// The SHA-1 of the text in lower-case hexadecimal, as `SCRIPT LOAD` answers it.
    package let sha: String

    /// A script. Its digest is computed once, here.
    package init(name: String, source: String) {
        self.name = name
        self.source = source
        let digits = Array("0123456789abcdef".utf8)
        var hexadecimal: [UInt8] = []
        for byte in Insecure.SHA1.hash(data: Array(source.utf8)) {
            hexadecimal.append(digits[Int(byte >> 4)])
            hexadecimal.append(digits[Int(byte & 15)])
        }
        self.sha = String(decoding: hexadecimal, as: UTF8.self)
    }
}
