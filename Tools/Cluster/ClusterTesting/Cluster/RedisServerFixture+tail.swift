internal import Foundation
package import ServerTesting

extension RedisServerFixture {
    /// Cuts the end off the append-only file of a server that does not run.
    ///
    /// - Parameter share: how much of the file stays, from 0 to 1.
    package func cutTail(keeping share: Double) throws {
        let folder = directory + "/appendonlydir"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".incr.aof")
        }
        guard let newest = files.max(), let file = FileHandle(forUpdatingAtPath: "\(folder)/\(newest)") else {
            throw ConditionTimeout(what: "an append-only file in \(folder)", bound: .zero)
        }
        let length = try file.seekToEnd()
        try file.truncate(atOffset: UInt64(Double(length) * share))
        try file.close()
    }
}
