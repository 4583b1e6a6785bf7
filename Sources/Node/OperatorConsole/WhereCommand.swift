#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// `cart-node where`: the owner of a cart, as a node sees it. The cart stays where it is.
package struct WhereCommand: Sendable {
    /// What a node says of a cart at `/carts/{id}`. Unknown members are ignored.
    struct Finding: Decodable, Equatable {
        let id: String
        /// The name of the node that looked.
        let seenBy: String
        /// Nil if Redis has no such cart.
        let record: Record?
        let owner: Owner?

        struct Record: Decodable, Equatable {
            /// Nil or 0 before the first commit.
            let version: UInt64?
        }

        struct Owner: Decodable, Equatable {
            let session: String
            let name: String?
            let condition: String
        }
    }

    private let client: OperationsClient
    private let address: String
    private let asJSON: Bool

    /// - Parameters:
    ///   - address: that of the node that is asked.
    ///   - asJSON: writes the node's answer as it is.
    package init(_ client: OperationsClient, address: String, asJSON: Bool) {
        self.client = client
        self.address = address
        self.asJSON = asJSON
    }

    /// Where a cart is, and the exit code: 0 if a node has it, 1 if none does, 66 if there is no such cart.
    package func text(of id: String) async throws(ConsoleFailure) -> (text: String, exitCode: Int32) {
        let answer = try await client.get("/carts/\(Self.encoded(id))", at: address)
        let detail = OperationsClient.detail(in: answer.body)
        switch answer.status {
        case 200: break
        case 400:
            throw .badID(
                "\"\(StatusTable.harmless(id))\" can be no cart's id" + (detail.map { ": \($0)" } ?? "")
            )
        case _: throw .strange(address, status: answer.status, detail: detail)
        }
        let finding: Finding
        do {
            finding = try JSONDecoder().decode(Finding.self, from: Data(answer.body))
        } catch {
            throw .strange(address, status: answer.status, detail: "it does not say where a cart is")
        }
        let (sentence, exitCode) = Self.sentence(finding)
        guard asJSON else { return (StatusTable.harmless(sentence) + "\n", exitCode) }
        let text = String(decoding: answer.body, as: UTF8.self)
        return (text.hasSuffix("\n") ? text : text + "\n", exitCode)
    }

    static func sentence(_ finding: Finding) -> (text: String, exitCode: Int32) {
        guard let record = finding.record else { return ("\(finding.id): Redis has no such cart", 66) }
        let version = record.version.flatMap { $0 > 0 ? "version \($0)" : nil } ?? "nothing committed yet"
        guard let owner = finding.owner else {
            return ("\(finding.id): nobody owns it, the next request restores it; \(version)", 1)
        }
        let session = "session \(owner.session)"
        let name = owner.name ?? "a node that \(finding.seenBy) does not know"
        switch owner.condition {
        case "alive" where owner.name == finding.seenBy:
            return ("\(finding.id): on \(name), the node that was asked; \(session); \(version)", 0)
        case "alive": return ("\(finding.id): on \(name); \(session); \(version)", 0)
        case "draining":
            return ("\(finding.id): on \(name), which is about to release it; \(session); \(version)", 0)
        case _:
            let state = owner.condition == "silent" ? "which sends no heartbeats" : "which is gone"
            return (
                "\(finding.id): last on \(name), \(state): other nodes take it over when it is asked for; "
                    + "\(session); \(version)", 1
            )
        }
    }

    /// Every byte that is not plain in a path, percent-encoded.
    private static func encoded(_ id: String) -> String {
        id.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            case _: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
