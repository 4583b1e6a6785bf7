internal import HeapModule

/// What will happen, and when; what falls on the same instant happens in the order in which it was put down.
package struct EventQueue: Sendable {
    /// Names something on an event queue.
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
    private var made: UInt64 = 0

    /// When the next happening is.
    var next: SimulatedTime? { heap.min?.time }

    @discardableResult
    mutating func add(at time: SimulatedTime, _ action: @escaping @Sendable () -> Void) -> EventID {
        made += 1
        heap.insert(Entry(time: time, number: made))
        actions[made] = action
        return EventID(number: made)
    }

    mutating func cancel(_ event: EventID) {
        actions[event.number] = nil
    }

    /// Takes the next happening out; one that was cancelled is nothing.
    mutating func take() -> (@Sendable () -> Void)? {
        guard let entry = heap.popMin() else { return nil }
        return actions.removeValue(forKey: entry.number) ?? {}
    }
}
