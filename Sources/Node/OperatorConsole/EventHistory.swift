/// What happened to a cluster lately, newest first. What several nodes tell of one event is one entry.
struct EventHistory: Equatable, Sendable {
    /// An event, and the nodes that tell it.
    struct Entry: Equatable, Sendable {
        var event: EventReport
        var tellers: [String]
    }

    /// The time within which nodes tell of the same event, milliseconds.
    private static let sameEvent: Int64 = 10_000
    /// The last moment that has a year of four digits, milliseconds since 1970.
    private static let lastMoment: Int64 = 253_402_300_799_999

    let entries: [Entry]

    /// - Parameter told: the events that nodes told, in any order.
    init(_ told: [EventReport]) {
        var entries: [Entry] = []
        let ordered = told.filter { (0...Self.lastMoment).contains($0.at) }
            .sorted { ($0.at, $0.node, $0.number) < ($1.at, $1.node, $1.number) }
        for event in ordered {
            let same = entries.lastIndex { entry in
                event.isOfCluster && entry.event.kind == event.kind && entry.event.subject == event.subject
                    && event.at - entry.event.at < Self.sameEvent
            }
            guard let same else {
                entries.append(Entry(event: event, tellers: [event.node]))
                continue
            }
            if !entries[same].tellers.contains(event.node) { entries[same].tellers.append(event.node) }
            entries[same].event.carts = entries[same].event.carts ?? event.carts
        }
        self.entries = entries.reversed()
    }
}

extension EventHistory.Entry {
    /// One line: the time of day in UTC, what happened, and who tells it.
    var line: String {
        let more = [event.detail, event.isOfCluster ? "seen by \(tellers.joined(separator: ", "))" : nil]
        let parts = [event.text.words] + more.compactMap(\.self)
        return "\(Self.timeOfDay(event.at))  \(parts.joined(separator: " · "))"
    }

    private static func timeOfDay(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000 % 86_400
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

extension EventReport {
    /// True for what happens to the cluster and not to the telling node.
    fileprivate var isOfCluster: Bool {
        switch kind {
        case "generation_changed", "redis_trouble", "redis_back", "joined", "draining", "left", "died": true
        case _: false
        }
    }

    /// What it says to a person, in the words of the page, and whether that is good news.
    var text: (words: String, style: TextStyle) {
        let who = subject ?? node
        let some = carts.map { $0 == 1 ? "1 cart" : "\($0) carts" } ?? "carts"
        return switch kind {
        case "ready": ("\(node) is ready", .good)
        case "not_ready": ("\(node) is not ready", .bad)
        case "drain_began": ("\(node) drains: \(some) to hand over", .warning)
        case "drained": ("\(node) has handed over all its carts", .good)
        case "session_lost": ("\(node) lost its session and dropped \(some) from memory", .bad)
        case "takeover": ("\(node) took over \(some) of dead nodes", .warning)
        case "swept": ("\(node) compared \(some) with Redis", .good)
        case "sweep_abandoned": ("\(node) gave a sweep up", .warning)
        case "generation_changed": ("Redis may have lost data", .bad)
        case "redis_trouble": ("Redis is in trouble", .bad)
        case "redis_back": ("Redis answers again", .good)
        case "joined": ("\(who) joined", .good)
        case "draining": ("\(who) is leaving", .warning)
        case "left": ("\(who) has left", .plain)
        case "died":
            (
                "\(who) died: \(carts == nil ? "its carts" : some) will be restored when asked for",
                .bad
            )
        case _: ("\(node): \(kind)", .plain)
        }
    }
}
