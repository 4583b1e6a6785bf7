internal import ProcessMeasurement

/// Measures a time limit on a machine that other programs use, too.
///
/// The limits of the system tests are promises of the product, kept by nodes that get a processor when they
/// need one. While something waits for a processor, three quarters of the time do not count: a limit grows by
/// up to four times on a machine that is busy throughout, and stays as it is on a quiet one. The simulation
/// holds the product to the exact limits.
package struct ContentionStopwatch: Sendable {
    private static let clock = ContinuousClock()

    private let began = clock.now
    private let pressureAtStart = ProcessorPressure.total

    /// Starts at zero.
    package init() {}

    /// The time that counts.
    package var elapsed: Duration {
        let wall = Self.clock.now - began
        guard let pressureAtStart, let pressure = ProcessorPressure.total else { return wall }
        return wall - min(wall, max(.zero, pressure - pressureAtStart)) * 3 / 4
    }
}
