/// What was settled in one second of a test.
struct PerSecondStatistics: Sendable, Codable {
    /// Counted from 0 since the load began.
    var number: Int
    var looks = 0
    var changes = 0
    /// Attempts that failed.
    var failures = 0
    /// Operations that were due and not sent, as too many were in flight.
    var notSent = 0
    /// Operations under way at its end.
    var inFlight = 0
    /// Of all operations that were settled in it, in microseconds; 0 where none was.
    var p50: UInt64 = 0
    var p99: UInt64 = 0
    var max: UInt64 = 0
}
