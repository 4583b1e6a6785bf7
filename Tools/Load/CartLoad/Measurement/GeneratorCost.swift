#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the load generator itself needed.
enum GeneratorCost {
    /// Processor time of this process so far.
    static var processorTime: Duration {
        var usage = rusage()
        #if canImport(Glibc)
        let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
        let own = RUSAGE_SELF
        #endif
        guard getrusage(own, &usage) == 0 else { return .zero }
        return .seconds(Int(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec))
            + .microseconds(Int64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec))
    }
}
