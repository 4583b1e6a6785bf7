/// The faults of a load test with their times: `10s kill 2, 20s start 2`.
struct ChaosSchedule: Sendable {
    /// A command of `deploy/cluster` on a service.
    enum Verb: String, Sendable, CaseIterable {
        case kill, stop, pause, resume, start

        /// The command takes a service away; the others bring one back.
        var isFault: Bool {
            switch self {
            case .kill, .stop, .pause: true
            case .resume, .start: false
            }
        }
    }

    struct Event: Sendable {
        /// The time since the load began.
        let at: Duration
        let verb: Verb
        /// A node's number, `redis` or `gateway`.
        let subject: String

        /// For people: `kill node 2`.
        var text: String { "\(verb.rawValue) \(subject.first?.isNumber == true ? "node " : "")\(subject)" }
    }

    struct ParseError: Error, CustomStringConvertible {
        let description: String
    }

    /// The events in the order of their times.
    private(set) var events: [Event] = []

    init() {}

    /// - Throws: `ParseError`, which names the invalid part.
    init(_ text: String) throws {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(whereSeparator: \.isWhitespace)
            guard words.count == 3 else {
                throw ParseError(
                    description: "'\(part)' is not of the form TIME VERB WHAT, as in '10s kill 2'"
                )
            }
            guard let verb = Verb(rawValue: String(words[1])) else {
                let verbs = Verb.allCases.map(\.rawValue).joined(separator: ", ")
                throw ParseError(
                    description: "'\(part)': there is no '\(words[1])'; expected one of \(verbs)"
                )
            }
            let subject = String(words[2])
            let number = Int(subject).map { (1...99).contains($0) }
            guard number ?? ["redis", "gateway"].contains(subject) else {
                throw ParseError(
                    description: "'\(part)': '\(subject)' is not a node number from 1 to 99, redis or gateway"
                )
            }
            do {
                events.append(
                    Event(at: try DurationParser.parse(String(words[0])), verb: verb, subject: subject)
                )
            } catch {
                throw ParseError(description: "'\(part)': \(error)")
            }
        }
        events.sort { $0.at < $1.at }
    }
}
