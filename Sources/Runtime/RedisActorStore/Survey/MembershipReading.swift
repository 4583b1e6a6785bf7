package import Ownership
internal import RedisClient

/// The membership of a cluster as its key shows it at one moment.
package struct MembershipReading: Sendable, Equatable {
    /// The type of the key in Redis's words: `hash`, `none` before the first node, or a wrong one.
    package var keyType = "none"
    /// Redis's clock, microseconds since 1970.
    package var time: Int64 = 0
    /// The generation of the data; its id of the data set is empty before the first node.
    package var generation = Generation(dataSet: "", run: "", replication: "")
    /// The sessions that are alive or draining, as far as anybody has proved.
    package var members: [Member] = []
    /// The second of Redis's clock in which each tombstone was written.
    package var tombstones: [Int64] = []
    /// The number of fields that are neither entries nor the data set's id.
    package var unknownFields = 0

    /// The last second whose microseconds are below 2⁵³, as those of counters and epochs are: in the year 2255.
    private static let latestSecond: Int64 = 9_007_199_254

    package init() {}

    init(_ reply: RedisValue) throws(RedisError) {
        let parts = try reply.array
        guard parts.count == 7 else { throw .protocolViolation("the survey answered \(parts.count) values") }
        keyType = try parts[0].string
        let (seconds, microseconds) = (try parts[1].integer, try parts[2].integer)
        guard (0...Self.latestSecond).contains(seconds), (0..<1_000_000).contains(microseconds) else {
            throw .protocolViolation("the survey answered an impossible time")
        }
        time = seconds * 1_000_000 + microseconds
        generation = Generation(
            dataSet: try parts[3].string,
            run: try parts[4].string,
            replication: try parts[5].string
        )
        let fields = try parts[6].array
        for at in stride(from: 0, to: fields.count - fields.count % 2, by: 2) {
            let (name, entry) = (try fields[at].bytes, try fields[at + 1].bytes)
            if name == Array("gen".utf8) { continue }
            take(MemberEntry.member(session: name, entry: entry), entry: entry)
        }
    }

    private mutating func take(_ member: Member?, entry: [UInt8]) {
        switch member {
        case nil: unknownFields += 1
        case let member? where member.condition == .dead: tombstones.append(MemberEntry.since(entry: entry))
        case let member?: members.append(member)
        }
    }
}
