/// The last events of a cluster that a node knows: its own, and those that others told it.
struct EventLog {
    /// The most events that are kept.
    static let limit = 200
    /// The most of a node's own events that it tells others.
    static let ownLimit = 50

    /// An event, and its place in the order in which they came here.
    struct Entry: Equatable {
        let position: Int
        let event: ClusterEvent
    }

    /// The most processes of which is remembered what they told.
    private static let processLimit = 1_024

    private(set) var entries: [Entry] = []
    /// The number of the last event of each process.
    private var told: [String: Int] = [:]
    private var position = 0
    private var number = 0
    private let process: String

    /// - Parameter process: a name that no other process has.
    init(process: String) {
        self.process = process
    }

    /// Notes an event of this node.
    mutating func append(_ draft: ClusterEvent.Draft, node: String, at: Int64) {
        number += 1
        insert(ClusterEvent(draft, node: node, process: process, number: number, at: at))
    }

    /// Takes in what another node told, but for what it told before.
    mutating func merge(_ events: [ClusterEvent]) {
        for event in events.suffix(Self.ownLimit) where event.process != process && event.isPlausible {
            guard event.number > told[event.process] ?? 0 else { continue }
            if told[event.process] == nil, told.count >= Self.processLimit {
                let present = Set(entries.map(\.event.process))
                told = told.filter { present.contains($0.key) }
            }
            told[event.process] = event.number
            insert(event)
        }
    }

    private mutating func insert(_ event: ClusterEvent) {
        position += 1
        entries.append(Entry(position: position, event: event))
        if entries.count > Self.limit { entries.removeFirst() }
    }

    /// This node's own events, for others.
    var own: [ClusterEvent] {
        entries.lazy.map(\.event).filter { $0.process == process }.suffix(Self.ownLimit)
    }

    /// What came after a position.
    func after(_ position: Int) -> ArraySlice<Entry> {
        entries[(entries.firstIndex { $0.position > position } ?? entries.endIndex)...]
    }
}

extension ClusterEvent {
    /// False for what no node tells: a page could not show it.
    fileprivate var isPlausible: Bool {
        // Until the year 9999, and texts as short as a node's own.
        (0...253_402_300_799_999).contains(at)
            && [node, process, kind, subject ?? "", detail ?? ""].allSatisfy { $0.utf8.count <= 1_024 }
    }
}
