internal import Foundation
package import ServerTesting

extension RedisServerFixture {
    /// Truncates the newest append-only file of a stopped server.
    ///
    /// - Parameter share: the part of the file that stays, from 0 to 1.
    package func cutTail(keeping share: Double) throws {
        let folder = directory + "/appendonlydir"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".incr.aof")
        }
        guard let newest = files.max(), let file = FileHandle(forUpdatingAtPath: "\(folder)/\(newest)") else {
            throw ConditionTimeout(condition: "\(folder) has an append-only file", bound: .zero)
        }
        let length = try file.seekToEnd()
        try file.truncate(atOffset: UInt64(Double(length) * share))
        try file.close()
    }
}
