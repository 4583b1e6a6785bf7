/// What is done to the cluster, and when: `10s kill 2, 20s start 2`.
struct ChaosSchedule: Sendable {
    /// What `deploy/cluster` can do to a service.
    enum Verb: String, Sendable, CaseIterable {
        case kill, stop, pause, resume, start

        /// Whether it takes something away, rather than giving it back.
        var isFault: Bool {
            switch self {
            case .kill, .stop, .pause: true
            case .resume, .start: false
            }
        }
    }

    struct Event: Sendable {
        /// Since the load began.
        let at: Duration
        let verb: Verb
        /// A node's number, `redis` or `gateway`.
        let subject: String

        /// As a person says it: `kill node 2`.
        var text: String { "\(verb.rawValue) \(subject.first?.isNumber == true ? "node " : "")\(subject)" }
    }

    struct ParseError: Error, CustomStringConvertible {
        let description: String
    }

    /// In the order of their times.
    private(set) var events: [Event] = []

    init() {}

    /// - Throws: `ParseError`, which names the part that is wrong.
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
                throw ParseError(description: "'\(part)': there is no '\(words[1])'; known are \(verbs)")
            }
            let subject = String(words[2])
            let number = Int(subject).map { (1...99).contains($0) }
            guard number ?? ["redis", "gateway"].contains(subject) else {
                throw ParseError(
                    description: "'\(part)': '\(subject)' is no node's number, nor redis or gateway"
                )
            }
            do {
                events.append(Event(at: try DurationParser.read(words[0]), verb: verb, subject: subject))
            } catch {
                throw ParseError(description: "'\(part)': \(error)")
            }
        }
        events.sort { $0.at < $1.at }
    }
}
