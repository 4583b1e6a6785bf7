internal import Ownership
internal import Timing

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The last part of a member's entry: a JSON object with `name`, `link`, `build`, `ops`, the address of the
/// operations port, and `lease`, the length of the session's lease in milliseconds. Missing members are empty,
/// and unknown members are ignored, so that different builds can share a Redis.
struct EntryCard: Hashable {
    let card: NodeCard
    /// Nil in an entry of a build that did not name it.
    let lease: Duration?

    /// The longest lease that is believed, milliseconds: no entry makes others wait for ever.
    private static let leaseLimit: Int64 = 3_600_000

    private struct Form: Codable {
        var name: String?
        var link: String?
        var build: String?
        var ops: String?
        var lease: Int64?
    }

    init(card: NodeCard, lease: Duration?) {
        self.card = card
        self.lease = lease
    }

    init?(json: some Collection<UInt8>) {
        do {
            let form = try JSONDecoder().decode(Form.self, from: Data(json))
            card = NodeCard(
                name: form.name ?? "",
                link: form.link ?? "",
                build: form.build ?? "",
                operations: form.ops ?? ""
            )
            lease = form.lease.flatMap { $0 > 0 ? .milliseconds(min($0, Self.leaseLimit)) : nil }
        } catch {
            return nil
        }
    }

    /// Nil if the card cannot be encoded, which does not happen with any text.
    var json: [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Rounded up: a wait that is longer does no harm.
        let lease = lease.map { max(0, ($0 + .nanoseconds(999_999)).wholeMilliseconds) }
        do {
            let form = Form(
                name: card.name,
                link: card.link,
                build: card.build,
                ops: card.operations.isEmpty ? nil : card.operations,
                lease: lease
            )
            return Array(try encoder.encode(form))
        } catch {
            return nil
        }
    }
}
