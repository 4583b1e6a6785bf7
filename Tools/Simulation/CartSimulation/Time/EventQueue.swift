internal import HeapModule

/// Future events, ordered by time; events at the same instant keep the order in which they were added.
package struct EventQueue: Sendable {
    /// Identifies an event, to cancel it.
    package struct EventID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry: Comparable {
        let time: SimulatedTime
        let number: UInt64

        static func < (a: Entry, b: Entry) -> Bool {
            a.time != b.time ? a.time < b.time : a.number < b.number
        }
    }

    private var heap = Heap<Entry>()
    private var actions: [UInt64: @Sendable () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    /// Time of the next event, cancelled ones included; nil if there is none.
    var next: SimulatedTime? { heap.min?.time }

    @discardableResult
    mutating func add(at time: SimulatedTime, _ action: @escaping @Sendable () -> Void) -> EventID {
        lastNumber += 1
        heap.insert(Entry(time: time, number: lastNumber))
        actions[lastNumber] = action
        return EventID(number: lastNumber)
    }

    mutating func cancel(_ event: EventID) {
        actions[event.number] = nil
    }

    /// Removes the next event and returns its action: an empty one if the event was cancelled, nil if there
    /// is none.
    mutating func take() -> (@Sendable () -> Void)? {
        guard let entry = heap.popMin() else { return nil }
        return actions.removeValue(forKey: entry.number) ?? {}
    }
}
