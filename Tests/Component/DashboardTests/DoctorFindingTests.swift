import Testing

@testable import CartNode
@testable import Dashboard
@testable import Doctor

@Suite struct DoctorFindingTests {
    private let node = NodeFake()

    private func finding(_ check: String, _ level: Level, what: String = "w") -> Finding {
        Finding(check: check, level: level, what: what, why: "y", mend: "m", link: "docs/doctor.md#\(check)")
    }

    private func told(_ check: String, level: String = "warning") -> DoctorFinding {
        DoctorFinding(level: level, check: check, what: "w", mend: "m", link: "docs/doctor.md#\(check)")
    }

    @Test func `warnings and errors are told, the gravest first`() {
        let found = DoctorFinding.toMend(among: [
            finding("a", .warning), finding("b", .ok), finding("c", .note), finding("d", .error),
        ])
        #expect(found == [told("d", level: "error"), told("a")])
    }

    @Test func `their number and their texts have limits`() {
        let long = String(repeating: "x", count: DoctorFinding.textLimit + 1)
        let found = DoctorFinding.toMend(
            among: (0...DoctorFinding.limit).map { finding("c\($0)", .warning, what: long) }
        )
        #expect(found.count == DoctorFinding.limit)
        #expect(found.first?.what.count == DoctorFinding.textLimit)
        #expect(found.first?.what.last == "…")
    }

    @Test func `the doctor is not asked while nobody watches`() async {
        let dashboard = Dashboard(node.sources)
        await dashboard.tick()
        #expect(node.doctorReads == 0)
    }

    @Test func `a watcher sees the findings of every node through one`() async throws {
        node.set {
            $0.doctor = [told("eviction")]
            var other = nodeSnapshot("n2")
            other.doctor = []
            $0.reports["n2:9090"] = NodeReport(node: other, events: [])
        }
        let dashboard = Dashboard(node.sources)
        let updates = try #require(await dashboard.watch())
        await dashboard.tick()
        var iterator = updates.makeAsyncIterator()
        let snapshot = try #require(await iterator.next()).snapshot
        #expect(snapshot.nodes.map(\.said?.doctor) == [[told("eviction")], []])
    }

    @Test func `a node tells the others what its doctor found, and nothing before it has examined`() async {
        let dashboard = Dashboard(node.sources)
        await dashboard.tick()
        let before = await dashboard.report
        #expect(before != nil && before?.node.doctor == nil)
        node.set { $0.doctor = [told("eviction")] }
        let after = await dashboard.report
        #expect(after?.node.doctor == [told("eviction")])
    }
}
