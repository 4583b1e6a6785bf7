extension LoadReport {
    /// The report as an HTML page that needs no other file.
    func page() -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Load test: \(HTMLReportParts.escaped(headline))</title>
        <style>\(HTMLReportParts.style)</style></head><body>
        <header class="\(severity.rawValue)"><h1>\(HTMLReportParts.escaped(headline))</h1>\
        <p>\(HTMLReportParts.escaped(explanation))</p></header>
        \(tiles)
        \(charts)
        \(faultTable)
        \(latencyTable)
        \(trouble)
        <h2>Settings</h2>\
        <table class="plain">\(settings.map { HTMLReportParts.row([$0.name, $0.value]) }.joined())</table>
        <p class="note">An operation is one read or one change with all its retries. At a fixed rate its \
        latency counts from the time at which it was due. The generator used \
        \(NumberFormat.fixed(generatorProcessors, 2)) processors.</p>
        </body></html>
        """
    }

    private var tiles: String {
        let worst = faults.filter(\.isFault).compactMap(\.recovered).max()
        let tiles: [(String, String, Bool)] = [
            ("operations a second", NumberFormat.fixed(rate, 0), false),
            ("reads p99", NumberFormat.latency(looks.p99), false),
            ("changes p99", NumberFormat.latency(changes.p99), false),
            ("slowest recovery", worst.map { "\(NumberFormat.fixed($0, 1)) s" } ?? "–", false),
            ("longest stall", "\(NumberFormat.fixed(longestStall, 2)) s", false),
            ("given up or unknown", NumberFormat.grouped(unsettled), unsettled > 0),
            ("not sent", NumberFormat.grouped(notSent), notSent > 0),
        ]
        let cells = tiles.map { name, value, isBad in
            "<div class=\"tile\(isBad ? " warn" : "")\"><b>\(value)</b><span>\(name)</span></div>"
        }
        return "<section class=\"tiles\">\(cells.joined())</section>"
    }

    private var charts: String {
        // The mark tells something only if operations went on for long after the end of the load.
        let loadEnd = took > loadSeconds + 3 ? loadSeconds : nil
        // The last second is not a whole one.
        let whole = seconds.dropLast()
        func values(_ value: (PerSecondStatistics) -> Int) -> [Double?] { whole.map { Double(value($0)) } }
        func latencies(_ value: (PerSecondStatistics) -> UInt64) -> [Double?] {
            whole.map { value($0) > 0 ? Double(value($0)) : nil }
        }
        let throughput = Chart(
            title: "Settled operations a second",
            lines: [
                .init(name: "all", style: "a", values: values { $0.looks + $0.changes }, isFilled: true),
                .init(name: "changes", style: "b", values: values(\.changes), isFilled: true),
            ],
            label: { NumberFormat.grouped(Int($0)) },
            isLogarithmic: false,
            faults: faults,
            loadEnd: loadEnd
        )
        let latency = Chart(
            title: "Latency of an operation",
            lines: [
                .init(name: "slowest", style: "c", values: latencies(\.max), isFilled: false),
                .init(name: "p99", style: "b", values: latencies(\.p99), isFilled: false),
                .init(name: "p50", style: "a", values: latencies(\.p50), isFilled: false),
            ],
            label: { NumberFormat.powerOfTen($0) },
            isLogarithmic: true,
            faults: faults,
            loadEnd: loadEnd
        )
        let failed = Chart(
            title: "Failed attempts a second",
            lines: [
                .init(name: "failed", style: "c", values: values(\.failures), isFilled: true),
                .init(name: "operations not sent", style: "b", values: values(\.notSent), isFilled: false),
            ],
            label: { NumberFormat.grouped(Int($0)) },
            isLogarithmic: false,
            faults: faults,
            loadEnd: loadEnd
        )
        return [throughput, latency, failed].map(\.svg).joined(separator: "\n")
    }

    private var faultTable: String {
        guard !faults.isEmpty else { return "" }
        let rows = faults.map { fault in
            HTMLReportParts.row(["\(NumberFormat.fixed(fault.at, 1)) s", fault.text, fault.outcome])
        }
        let failures = chaosFailures.map { "<p class=\"bad\">\(HTMLReportParts.escaped($0))</p>" }.joined()
        return "<h2>Faults</h2><table class=\"plain\">\(rows.joined())</table>\(failures)"
    }

    private var latencyTable: String {
        func row(_ name: String, _ latencies: Latencies) -> String {
            let values = [latencies.p50, latencies.p90, latencies.p99, latencies.p999, latencies.max]
            return HTMLReportParts.row(
                [name, NumberFormat.grouped(latencies.count)] + values.map { NumberFormat.latency($0) }
            )
        }
        let head = ["", "count", "p50", "p90", "p99", "p99.9", "max"].map { "<th>\($0)</th>" }.joined()
        return
            "<h2>Latency</h2><table><tr>\(head)</tr>\(row("reads", looks))\(row("changes", changes))</table>"
    }

    private var trouble: String {
        var parts = ""
        if let judgement, !judgement.holds {
            let items = judgement.violations.map { "<li>\(HTMLReportParts.escaped($0))</li>" }.joined()
            parts += "<h2 class=\"bad\">Violations</h2><ol>\(items)</ol>"
        }
        guard !failures.isEmpty else { return parts }
        let rows = failures.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { kind, count in
            HTMLReportParts.row([NumberFormat.grouped(count), kind])
        }
        return parts + "<h2>Failed attempts</h2><table class=\"plain\">\(rows.joined())</table>"
    }
}

/// The parts of the page that are not specific to one section.
private enum HTMLReportParts {
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }

    static func row(_ cells: [String]) -> String {
        "<tr>\(cells.map { "<td>\(escaped($0))</td>" }.joined())</tr>"
    }

    static let style = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#6a737d;--rule:#e3e6ea;\
        --tile:#f5f6f8;--a:#2563eb;--b:#d97706;--c:#be185d;--good:#15803d;--bad:#b91c1c}
        @media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e8eb;--soft:#939ba5;--rule:#2c3138;\
        --tile:#1d2126;--a:#6ea0ff;--b:#f0a63c;--c:#f472b6;--good:#22a559;--bad:#ef5350}}
        body{font:15px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink);max-width:960px;\
        margin:24px auto;padding:0 20px}
        header{padding:14px 20px;border-radius:8px;color:#fff;background:#57606a}\
        header.good{background:#15803d}header.bad{background:#b91c1c}header.mixed{background:#b45309}\
        h1{font-size:26px;margin:0}header p{margin:2px 0 0}
        h2{font-size:16px;margin:26px 0 6px}
        .tiles{display:grid;grid-template-columns:repeat(7,1fr);gap:8px;margin:14px 0}\
        .tile{background:var(--tile);border-radius:8px;padding:8px 10px}.tile b{display:block;font-size:19px;\
        font-weight:600;white-space:nowrap}.tile span{color:var(--soft);font-size:12px;line-height:1.3;\
        display:block}.tile.warn b{color:var(--bad)}
        @media(max-width:760px){.tiles{grid-template-columns:repeat(3,1fr)}}
        figure{margin:20px 0 0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
        .key{font-weight:400;font-size:13px;color:var(--soft);margin-left:16px}.key::before{content:"";\
        display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle;\
        background:currentColor}.key.a::before{background:var(--a)}.key.b::before{background:var(--b)}\
        .key.c::before{background:var(--c)}
        .grid{stroke:var(--rule)}text{font-size:11px;fill:var(--soft)}.end{text-anchor:end}\
        .middle{text-anchor:middle}
        .line{fill:none;stroke-width:1.8;stroke-linejoin:round}.line.a{stroke:var(--a)}\
        .line.b{stroke:var(--b)}.line.c{stroke:var(--c)}.area{opacity:.16}.area.a{fill:var(--a)}\
        .area.b{fill:var(--b)}.area.c{fill:var(--c)}
        line.mark{stroke-width:1.4;stroke-dasharray:4 3}line.mark.bad{stroke:var(--bad)}\
        line.mark.good{stroke:var(--good)}line.mark.soft{stroke:var(--soft)}text.mark{font-weight:600}\
        text.mark.bad{fill:var(--bad)}text.mark.good{fill:var(--good)}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
        td,th{padding:4px 12px 4px 0;border-bottom:1px solid var(--rule);text-align:right;font-weight:400}\
        th{color:var(--soft);font-size:13px}td:first-child{text-align:left}.plain td{text-align:left}\
        .plain td:first-child{color:var(--soft);white-space:nowrap;width:1%;padding-right:24px}\
        .bad{color:var(--bad)}header.bad{color:#fff}.note{color:var(--soft);font-size:13px}
        """
}
