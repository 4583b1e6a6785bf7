/// The time for which the machine's programs have waited for a processor, as Linux counts it (PSI).
///
/// Source: <https://docs.kernel.org/accounting/psi.html>
package enum ProcessorPressure {
    /// The time since the machine's start in which at least one thread waited for a processor; nil if the
    /// kernel does not count it.
    package static var total: Duration? {
        (try? ProcFile.text(at: "/proc/pressure/cpu")).flatMap { total(in: $0) }
    }

    /// - Parameter text: the content of `/proc/pressure/cpu`.
    static func total(in text: String) -> Duration? {
        let some = text.split(separator: "\n").first { $0.hasPrefix("some ") }
        let total = some?.split(separator: " ").first { $0.hasPrefix("total=") }
        return total.flatMap { Int64($0.dropFirst("total=".count)) }.map { .microseconds($0) }
    }
}
