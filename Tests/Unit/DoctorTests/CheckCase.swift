import Doctor
import Testing

/// One thing that is wrong, and what the doctor has to say of it: nothing else.
struct CheckCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout Facts) -> Void
    /// `level check`, as in `warning persistence`, of each finding that is more than `ok`.
    let expected: [String]

    init(_ description: String, _ expected: String..., change: @escaping @Sendable (inout Facts) -> Void) {
        testDescription = description
        self.expected = expected
        self.change = change
    }

    static func redis(
        _ description: String,
        _ expected: String...,
        change: @escaping @Sendable (inout RedisFacts) -> Void
    ) -> CheckCase {
        CheckCase(description, all: expected) { $0.redis(change) }
    }

    static func info(_ field: String, _ value: String?, gives expected: String...) -> CheckCase {
        CheckCase("\(field):\(value ?? "missing")", all: expected) { facts in
            facts.redis { $0.info[field] = value }
        }
    }

    static func setting(_ name: String, _ value: String?, gives expected: String...) -> CheckCase {
        CheckCase("\(name) \(value ?? "missing")", all: expected) { facts in
            facts.redis { $0.settings[name] = value }
        }
    }

    init(
        _ description: String,
        all expected: [String],
        change: @escaping @Sendable (inout Facts) -> Void
    ) {
        testDescription = description
        self.expected = expected
        self.change = change
    }

    func check() {
        var facts = Facts.healthy
        change(&facts)
        let report = Report(redis: "redis", cluster: "cart", facts: facts)
        let found = report.findings.filter { $0.level > .ok }
        #expect(
            found.map { "\($0.level.rawValue) \($0.check)" }.sorted() == expected.sorted(),
            "\(found.map(\.what))"
        )
        for finding in found {
            #expect(!finding.why.isEmpty && !finding.mend.isEmpty, "\(finding.what)")
        }
        for finding in report.findings {
            #expect(finding.what.hasSuffix("."), "\(finding.what)")
            #expect(finding.link == "docs/doctor.md#\(finding.check)")
        }
    }
}
