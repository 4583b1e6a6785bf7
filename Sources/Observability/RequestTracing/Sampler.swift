/// Decides whether a request is recorded, when it enters the node (OpenTelemetry Trace SDK, "Sampling"). What is
/// done for it within the node follows that decision.
package struct Sampler: Hashable, Sendable {
    /// The decision about a trace by its id alone.
    package enum Rule: Hashable, Sendable {
        case always
        case never
        /// Those traces whose id is below this bound, which is that part of 2 to the power of 63.
        case below(UInt64)

        /// - Parameter ratio: 0 to 1.
        package init(ratio: Double) {
            self = ratio >= 1 ? .always : ratio > 0 ? .below(UInt64(ratio * 0x1p63)) : .never
        }

        /// The same for all nodes, so that they record the same traces: by the last 8 bytes of the id, as the
        /// OpenTelemetry SDKs for Go and Python do.
        package func takes(low: UInt64) -> Bool {
            switch self {
            case .always: true
            case .never: false
            case .below(let bound): low >> 1 < bound
            }
        }
    }

    /// Applies to new traces, and to all if the parent does not count.
    package let rule: Rule
    /// True if a caller's decision is followed.
    package let followsParent: Bool

    package init(_ rule: Rule, followsParent: Bool) {
        self.rule = rule
        self.followsParent = followsParent
    }

    /// True if a request without a trace may be recorded.
    package var mayBegin: Bool { rule != .never }

    /// - Parameter parent: the caller's context.
    package func takes(_ parent: TraceContext) -> Bool {
        followsParent ? parent.isSampled : rule.takes(low: parent.trace.low)
    }
}

/// Draws the traces that begin at one place, without a lock: a generator with a state of its own (SplitMix64;
/// Steele, Lea and Flood, 2014), which is seeded from the system's. On the hot path.
package struct RootSampler: Sendable {
    private let rule: Sampler.Rule
    private var state: UInt64

    package init(_ rule: Sampler.Rule, seed: UInt64) {
        self.rule = rule
        state = seed
    }

    /// The last 8 bytes of the id of a new trace that is recorded; nil for one that is not.
    package mutating func draw() -> UInt64? {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        value ^= value >> 31
        return rule.takes(low: value) ? value : nil
    }
}
