/// The weight of a finding.
package enum Level: String, Sendable, Hashable, CaseIterable, Comparable, Encodable {
    /// What was looked at is as it should be.
    case ok
    /// Worth knowing; nothing has to be done.
    case note
    /// A promise is weaker than it looks, or will be broken under conditions that are to be expected.
    case warning
    /// A node cannot work, or loses carts.
    case error

    package static func < (a: Level, b: Level) -> Bool { a.weight < b.weight }

    private var weight: Int {
        switch self {
        case .ok: 0
        case .note: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// What a check says of the facts.
package struct Verdict: Sendable, Hashable {
    package var level: Level
    /// The state that was found, in one sentence.
    package var what: String
    /// The reason why it matters; empty where nothing is wrong.
    package var why = ""
    /// The way to mend it; empty where nothing is wrong.
    package var mend = ""

    static func ok(_ what: String) -> Verdict { Verdict(level: .ok, what: what) }

    static func note(_ what: String, why: String, mend: String) -> Verdict {
        Verdict(level: .note, what: what, why: why, mend: mend)
    }

    static func warning(_ what: String, why: String, mend: String) -> Verdict {
        Verdict(level: .warning, what: what, why: why, mend: mend)
    }

    static func error(_ what: String, why: String, mend: String) -> Verdict {
        Verdict(level: .error, what: what, why: why, mend: mend)
    }
}

/// A verdict with the check that gave it.
package struct Finding: Sendable, Hashable, Encodable {
    /// The check's name.
    package var check: String
    package var level: Level
    package var what: String
    package var why: String
    package var mend: String
    /// The place of the check in the documents.
    package var link: String
}
