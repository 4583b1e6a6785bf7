import ActorRuntime
import Cart
import CartActor
import CartHTTP
import Ownership
import RedisActorStore

/// The record of a cart as text: its own fields, the cart if it can be read, and every field of the content.
struct RecordFormatter {
    let key: String
    /// The name of the key in Redis.
    let type: String
    /// The time that the key still lives; nil for ever.
    let life: Duration?
    let fields: [(name: [UInt8], value: [UInt8])]
    let cart: CartID
    let retention: Duration

    var text: String {
        var lines = ["\(key): a \(type), \(life.map { "expires in \($0.inWords)" } ?? "never expires")"]
        guard type == "hash" else {
            lines.append("It is no cart. No node reads it, and none overwrites it.")
            return lines.joined(separator: "\n") + "\n"
        }
        lines += record() + [""] + fieldList()
        return lines.joined(separator: "\n") + "\n"
    }

    private func record() -> [String] {
        let actor: ActorRecord
        do throws(StoreFailure) {
            actor = try ActorRecord(fields, about: "actor \(cart.text)")
        } catch {
            return ["unreadable  \(error.reason)"]
        }
        let epoch = Timestamp(milliseconds: Int64(clamping: actor.epoch.rawValue / 1_000))
        return [
            "owner       \(actor.owner?.rawValue ?? "nobody")",
            "epoch       \(actor.epoch.rawValue) (\(CartFormatter.moment(epoch)))",
            "attempt     \(actor.attempt)",
            "version     \(actor.sequence.rawValue)",
            "commit      \(actor.commit.isEmpty ? "none: it was given back whole" : actor.commit)",
        ] + content(of: actor)
    }

    private func content(of actor: ActorRecord) -> [String] {
        guard actor.sequence > .zero else { return ["cart        nothing was committed yet"] }
        let reader = StateReader(decider: CartLogic(), codec: CartCodec())
        do throws(CodecFailure) {
            let (state, form) = try reader.state(in: actor.content, at: actor.sequence)
            let json = CartFormatter.json(
                of: cart,
                state,
                version: actor.sequence.rawValue,
                retention: retention
            )
            return ["kept by     \(Self.words(form, actor.sequence))", "cart        \(json)"]
        } catch {
            return ["unreadable  \(error.reason)"]
        }
    }

    private static func words(_ form: StoredForm, _ sequence: SequenceNumber) -> String {
        switch form {
        case .empty, .unknown: "nothing"
        case .snapshot: PersistenceStrategy.snapshot.rawValue
        case .incremental: PersistenceStrategy.incremental.rawValue
        case .events(let base, _):
            "events: \(sequence.rawValue - min(base.rawValue, sequence.rawValue)) commits since version \(base.rawValue)"
        }
    }

    private func fieldList() -> [String] {
        let named = fields.map { (name: StoredFieldFormatter.plain($0.name), value: $0.value) }
        let width = min(24, named.map(\.name.count).max() ?? 0)
        return named.sorted { ($0.name.count, $0.name) < ($1.name.count, $1.name) }.map { field in
            let name = field.name + String(repeating: " ", count: max(0, width - field.name.count))
            let size = String(field.value.count)
            let pad = String(repeating: " ", count: max(0, 6 - size.count))
            return "\(name) \(pad)\(size) B  \(StoredFieldFormatter.field(field.name, field.value))"
        }
    }
}

extension Duration {
    /// The duration in its two largest units.
    fileprivate var inWords: String {
        let total = components.seconds
        let parts = [
            (total / 86_400, "d"), (total / 3_600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.isEmpty ? "less than a second" : shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
