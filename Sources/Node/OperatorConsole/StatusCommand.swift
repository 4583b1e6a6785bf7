#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// `cart-node status`: the cluster as the operations ports of its nodes show it.
package struct StatusCommand: Sendable {
    private let client: OperationsClient
    private let address: String
    private let asJSON: Bool

    /// - Parameters:
    ///   - address: that of the node that is asked first.
    ///   - asJSON: writes an object for programs instead of a table.
    package init(_ client: OperationsClient, address: String, asJSON: Bool) {
        self.client = client
        self.address = address
        self.asJSON = asJSON
    }

    /// The text of one look, and the exit code: 0 if all is well, otherwise 1.
    package func text(on terminal: Terminal) async throws(ConsoleFailure) -> (text: String, exitCode: Int32) {
        let picture = try await look(at: address)
        return (text(of: picture, on: terminal), picture.isWell ? 0 : 1)
    }

    private func text(of picture: ClusterPicture, on terminal: Terminal) -> String {
        guard asJSON else {
            return StatusTable(picture: picture, terminal: terminal).lines.joined(separator: "\n") + "\n"
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(picture), as: UTF8.self) + "\n"
        } catch {
            // Texts and numbers can be encoded.
            return "{}\n"
        }
    }

    /// Looks again every second, until the task is cancelled or nobody reads. When the node does not answer any
    /// more, another one is asked that was there at the last look.
    ///
    /// - Parameters:
    ///   - terminal: the output as it is now; its size may change.
    ///   - write: writes the text, and returns false if nobody reads it.
    package func watch(
        on terminal: @Sendable () -> Terminal,
        _ write: @Sendable (String) -> Bool
    ) async {
        var known = [address]
        var isFirst = true
        while !Task.isCancelled {
            let screen = terminal()
            let (picture, failures) = await firstLook(among: known)
            if let picture {
                known = [picture.from] + picture.nodes.map(\.operations).filter { !$0.isEmpty }
                known = known.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
                if !known.contains(address) { known.append(address) }
            }
            let text: String =
                if let picture {
                    self.text(of: picture, on: screen)
                } else {
                    failures.map { "\($0)\n" }.joined()
                }
            guard write(frame(text, on: screen, isFirst: isFirst, from: picture?.from)) else { return }
            isFirst = false
            do {
                try await ContinuousClock().sleep(for: .seconds(1))
            } catch {
                return
            }
        }
    }

    /// A picture that takes the place of the one before; where that cannot be, one below the other.
    private func frame(_ text: String, on screen: Terminal, isFirst: Bool, from: String?) -> String {
        guard !asJSON else { return text }
        guard screen.isScreen else { return isFirst ? text : "\n" + text }
        let head = "cart-node status of \(from ?? address), every second. Ctrl-C ends it."
        var lines =
            [head, ""] + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        if let columns = screen.columns { lines[0] = String(lines[0].prefix(columns)) }
        if let rows = screen.rows, lines.count > rows {
            lines = Array(lines.prefix(max(1, rows - 1))) + ["…"]
        }
        let start = isFirst ? "\u{1B}[2J\u{1B}[H" : "\u{1B}[H"
        // Each line wipes what was there, and the last one has no end: it would move everything up.
        return start + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    }

    private func firstLook(
        among addresses: [String]
    ) async -> (picture: ClusterPicture?, failures: [ConsoleFailure]) {
        var failures: [ConsoleFailure] = []
        for address in addresses {
            do throws(ConsoleFailure) {
                return (try await look(at: address), [])
            } catch {
                failures.append(error)
            }
        }
        return (nil, failures)
    }

    private func look(at address: String) async throws(ConsoleFailure) -> ClusterPicture {
        let asked = try await report(at: address)
        async let snapshots = snapshots(at: [address] + asked.members.compactMap(\.operations))
        async let redisNumbers = extra(RedisReport.self, "/redis", at: address)
        let others = await withTaskGroup(of: (String, Result<NodeReport, ConsoleFailure>).self) { tasks in
            for member in asked.members {
                guard let operations = member.operations, !operations.isEmpty else { continue }
                tasks.addTask {
                    do throws(ConsoleFailure) {
                        return (member.session, .success(try await report(at: operations)))
                    } catch {
                        return (member.session, .failure(error))
                    }
                }
            }
            return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return await ClusterPicture(
            from: address,
            asked: asked,
            others: others,
            snapshots: snapshots,
            redisNumbers: redisNumbers
        )
    }

    /// What the nodes tell of themselves beside their state, by their sessions.
    private func snapshots(at addresses: [String]) async -> [String: SnapshotReport] {
        await withTaskGroup(of: SnapshotReport?.self) { tasks in
            for address in addresses where !address.isEmpty {
                tasks.addTask { await extra(SnapshotReport.self, "/snapshot", at: address) }
            }
            return await tasks.reduce(into: [:]) { snapshots, report in
                if let report { snapshots[report.node.session] = report }
            }
        }
    }

    /// What the table can do without: nil if the node is of an older build, or cannot tell it at once.
    private func extra<Report: Decodable>(
        _ kind: Report.Type,
        _ path: String,
        at address: String
    ) async -> Report? {
        do {
            let answer = try await client.get(path, at: address, patience: .seconds(1))
            guard answer.status == 200 else { return nil }
            return try JSONDecoder().decode(kind, from: Data(answer.body))
        } catch {
            return nil
        }
    }

    private func report(at address: String) async throws(ConsoleFailure) -> NodeReport {
        let answer = try await client.get("/status", at: address)
        guard answer.status == 200 else {
            throw .strange(address, status: answer.status, detail: OperationsClient.detail(in: answer.body))
        }
        do {
            return try JSONDecoder().decode(NodeReport.self, from: Data(answer.body))
        } catch {
            throw .strange(address, status: answer.status, detail: "it is no status of a node")
        }
    }
}
