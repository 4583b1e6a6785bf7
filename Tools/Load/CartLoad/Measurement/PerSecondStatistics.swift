/// The statistics of one second of a test.
struct PerSecondStatistics: Sendable, Codable {
    /// Sequential number, from 0 at the start of the load.
    var number: Int
    var looks = 0
    var changes = 0
    /// Failed attempts.
    var failures = 0
    /// Operations that were due and not sent, as too many were in flight.
    var notSent = 0
    /// Operations in flight at its end.
    var inFlight = 0
    /// Latencies in microseconds of the operations that were settled in it; 0 if there was none.
    var p50: UInt64 = 0
    var p99: UInt64 = 0
    var max: UInt64 = 0
}
