internal import Crypto

/// A Lua script, which Redis runs by its digest.
package final class RedisScript: Sendable {
    /// For logs and errors.
    package let name: String
    /// The Lua text, with its `#!lua flags=…` line if it has one.
    package let source: String
    /// The SHA-1 of the text in lower-case hexadecimal, as `SCRIPT LOAD` answers it.
    package let sha: String
    /// The words `EVALSHA` and `sha` as they are sent.
    let evaluation: [UInt8]

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
        self.evaluation = Array("$7\r\nEVALSHA\r\n$\(sha.utf8.count)\r\n\(sha)\r\n".utf8)
    }

    /// The command that makes Redis learn the script.
    var load: RedisPipeline { RedisPipeline("SCRIPT", ["LOAD", .string(source)]) }
}

extension RedisCommandWriter {
    /// Appends the command that runs a script.
    ///
    /// - Parameters:
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    mutating func append(
        _ script: RedisScript,
        keys: Int,
        words: Int,
        write: (inout RedisCommandWriter) -> Void
    ) {
        begin(words: 3 + words)
        append(encoded: script.evaluation, words: 2)
        append(UInt64(keys))
        write(&self)
        end()
    }
}
