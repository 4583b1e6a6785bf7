/// The cluster as a table for people.
struct StatusTable {
    let picture: ClusterPicture
    let terminal: Terminal

    private enum Column: CaseIterable {
        case node, state, carts, requests, commits, p99, restores, lease, session, build, operations

        var title: String {
            switch self {
            case .node: "NODE"
            case .state: "STATE"
            case .carts: "CARTS"
            case .requests: "REQ/S"
            case .commits: "COMMIT/S"
            case .p99: "P99"
            case .restores: "RESTORE/S"
            case .lease: "LEASE LEFT"
            case .session: "SESSION"
            case .build: "BUILD"
            case .operations: "OPERATIONS"
            }
        }

        var isNumber: Bool { self == .carts || isRate }

        var isRate: Bool { [.requests, .commits, .p99, .restores].contains(self) }

        /// Those that a narrow terminal goes without, the first one first.
        static let dispensable: [Column] = [
            .build, .session, .operations, .restores, .commits, .lease, .p99, .requests, .carts,
        ]
    }

    /// The most events that the table shows; an object for programs has all that the nodes told.
    private static let eventLimit = 10
    private static let gap = "  "
    private static let ellipsis = "…"

    /// Lines without their ends, none wider than the terminal.
    var lines: [String] {
        var lines = table
        lines.append("")
        for node in picture.nodes {
            let style: TextStyle = node.state == .silent || node.state == .notReady ? .bad : .warning
            for remark in node.remarks { lines.append(styled("\(node.name): \(remark)", style)) }
        }
        lines.append(redis)
        if let numbers = redisNumbers { lines.append(styled("Redis: \(numbers)", .plain)) }
        lines += picture.redis.warnings.map { styled("Redis: \($0)", .warning) }
        lines += findings
        return lines + events
    }

    /// Redis's warnings are among what the doctors say, and not repeated.
    private var findings: [String] {
        picture.findings.filter { !picture.redis.warnings.contains($0.finding.what) }.map { found in
            let style: TextStyle = found.finding.level == "error" ? .bad : .warning
            let isEverywhere = found.nodes.count == picture.nodes.count
            let who = isEverywhere ? "" : " (\(found.nodes.joined(separator: ", ")))"
            return styled("doctor: \(found.finding.level): \(found.finding.what)\(who)", style)
        }
    }

    private var events: [String] {
        guard !picture.events.isEmpty else { return [] }
        return ["", styled("LAST EVENTS (UTC)", .head)]
            + picture.events.prefix(Self.eventLimit).map { styled($0.text, $0.event.text.style) }
    }

    private var redis: String {
        let state = picture.redis
        if let problem = state.problem { return styled("Redis: \(problem)", .bad) }
        guard state.connected else { return styled("Redis: not connected", .bad) }
        return styled("Redis: connected" + (state.durability.map { "; \($0)" } ?? ""), .plain)
    }

    /// Nil if nothing is known.
    private var redisNumbers: String? {
        guard let numbers = picture.redisNumbers else { return nil }
        let limit = numbers.memoryLimit.map { " of \(Figures.bytes($0))" } ?? ", no limit"
        let known = [
            numbers.role,
            numbers.version.map { "version \($0)" },
            numbers.memory.map { "memory \(Figures.bytes($0))\(limit)" },
            numbers.latency.map { "latency \(Figures.duration($0))" },
        ].compactMap(\.self)
        return known.isEmpty ? nil : known.joined(separator: "; ")
    }

    private var table: [String] {
        let rows = picture.nodes.map { node in Column.allCases.map { cell(of: node, in: $0) } }
        let widths = Column.allCases.enumerated().map { place, column in
            max(column.title.count, rows.map { $0[place].count }.max() ?? 0)
        }
        let shown = columns(fitting: widths)
        let head = line(shown, widths: widths) { Column.allCases[$0].title }
        return [styled(head, .head)]
            + zip(rows, picture.nodes).map { row, node in
                let cells = line(shown, widths: widths) { row[$0] }
                return styled(cells, style(of: node.state))
            }
    }

    /// The places of the columns that fit beside each other.
    private func columns(fitting widths: [Int]) -> [Int] {
        // Nodes of older builds tell no rates.
        let hasRates = picture.nodes.contains { $0.rates != nil }
        var shown = widths.indices.filter { hasRates || !Column.allCases[$0].isRate }
        guard let room = terminal.columns else { return shown }
        for column in Column.dispensable {
            let width = shown.reduce(0) { $0 + widths[$1] } + Self.gap.count * (shown.count - 1)
            guard width > room else { break }
            shown.removeAll { Column.allCases[$0] == column }
        }
        return shown
    }

    private func line(_ shown: [Int], widths: [Int], _ cell: (Int) -> String) -> String {
        let cells = shown.map { place in
            let text = cell(place)
            let pad = String(repeating: " ", count: max(0, widths[place] - text.count))
            return Column.allCases[place].isNumber ? pad + text : text + pad
        }
        var line = cells.joined(separator: Self.gap)
        while line.last == " " { line.removeLast() }
        return line
    }

    private func cell(of node: ClusterPicture.Node, in column: Column) -> String {
        switch column {
        case .node: Self.harmless(node.name)
        case .state: node.state.rawValue
        case .carts: node.liveCarts.map { "\($0)" } ?? "-"
        case .requests: Figures.rate(node.rates?.requests)
        case .commits: Figures.rate(node.rates?.commits)
        case .p99: node.rates?.p99.map { "≤ \(Figures.duration($0))" } ?? Figures.unknown
        case .restores: Figures.rate(node.rates?.restores)
        case .lease: lease(of: node)
        case .session: node.session.map { Self.harmless(String($0.prefix(8))) } ?? "-"
        case .build: Self.harmless(node.build)
        case .operations: node.operations.isEmpty ? "-" : Self.harmless(node.operations)
        }
    }

    /// A bar of ten parts, and the seconds.
    private func lease(of node: ClusterPicture.Node) -> String {
        guard let length = node.leaseMilliseconds, let left = node.leaseLeftMilliseconds, length > 0 else {
            return "-"
        }
        // In floating point, which no number from a node overflows.
        let part = Int((min(1, max(0, Double(left) / Double(length))) * 10).rounded())
        let bar = String(repeating: "█", count: part) + String(repeating: "░", count: 10 - part)
        let tenths = max(0, left) / 100
        return "\(bar) \(tenths / 10).\(tenths % 10) s"
    }

    private func style(of state: ClusterPicture.State) -> TextStyle {
        switch state {
        case .ready: .good
        case .draining: .warning
        case .notReady, .silent: .bad
        }
    }

    /// A line of harmless signs that is cut off at the edge.
    private func styled(_ text: String, _ style: TextStyle) -> String {
        var text = Self.harmless(text)
        if let room = terminal.columns, text.count > room {
            text = String(text.prefix(max(0, room - 1))) + Self.ellipsis
        }
        return style.applied(to: text, on: terminal)
    }

    /// What others say, without signs that would steer a terminal.
    static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    case _: scalar
                    }
                }
            )
        )
    }
}
