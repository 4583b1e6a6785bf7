package import ActorRuntime

/// The smallest useful actor: a number that is added to.
package struct CounterLogic: Decider {
    package struct State: Sendable, Hashable {
        package var value: Int64

        package init(value: Int64) {
            self.value = value
        }
    }

    package enum Command: Sendable, Hashable {
        /// Creates the counter where there is none.
        case increment(by: Int64)
        case read
        /// Reads, having heard of this version.
        case readAnnounced(UInt64)
    }

    package enum Event: Sendable, Hashable {
        case added(Int64)
    }

    /// The value that the command saw or made.
    package typealias Outcome = Int64

    package enum Rejection: String, Sendable, Hashable {
        /// The sum would not fit.
        case overflow
    }

    package init() {}

    package var initial: State { State(value: 0) }

    package func isRead(_ command: Command) -> Bool {
        switch command {
        case .increment: false
        case .read, .readAnnounced: true
        }
    }

    package func announcedVersion(in command: Command) -> UInt64? {
        switch command {
        case .increment, .read: nil
        case .readAnnounced(let version): version
        }
    }

    package func mayCreate(_ command: Command) -> Bool { !isRead(command) }

    package func decide(
        _ command: Command,
        on state: State,
        sequence: UInt64,
        next: UInt64
    ) -> Decision<Event, Outcome, Rejection> {
        switch command {
        case .increment(let amount):
            let (sum, overflows) = state.value.addingReportingOverflow(amount)
            return overflows ? .reject(.overflow) : .accept([.added(amount)], sum)
        case .read, .readAnnounced:
            return .accept([], state.value)
        }
    }

    package static func isReduction(from before: State, to after: State) -> Bool {
        after.value.magnitude < before.value.magnitude
    }

    package func evolve(_ state: inout State, with event: Event) {
        switch event {
        case .added(let amount): state.value &+= amount
        }
    }
}
