package import ActorRuntime
package import Ownership
internal import RedisClient

/// An actor's record in Redis.
package struct ActorRecord: Sendable {
    /// Nil if no session owns the actor.
    package let owner: SessionID?
    package let epoch: Epoch
    package let attempt: UInt64
    package let sequence: SequenceNumber
    /// The id of the last commit; empty if the content was not written by a commit.
    package let commit: String
    package let content: [ContentField]

    /// - Throws: `unreadable` for fields that are not a record.
    package init(
        _ fields: [(name: [UInt8], value: [UInt8])],
        about subject: String
    ) throws(StoreFailure) {
        var own: [String: [UInt8]] = [:]
        for field in fields {
            let name = try Self.name(of: field, about: subject)
            if ReservedFields.contains(name) { own[name] = field.value }
        }
        func text(_ name: String) throws(StoreFailure) -> String {
            guard let bytes = own[name], let text = String(utf8: bytes) else {
                throw .unreadable("\(subject): the field `\(name)` is corrupted")
            }
            return text
        }
        func number(_ name: String) throws(StoreFailure) -> UInt64 {
            guard let number = UInt64(try text(name)) else {
                throw .unreadable("\(subject): the field `\(name)` is corrupted")
            }
            return number
        }
        let owner = try text("o")
        self.owner = owner.isEmpty ? nil : SessionID(owner)
        epoch = Epoch(try number("e"))
        attempt = try number("a")
        sequence = SequenceNumber(try number("q"))
        commit = own["c"] == nil ? "" : try text("c")
        content = try Self.content(of: fields, about: subject)
    }

    /// The fields of a record that are not its own: the actor's stored state.
    ///
    /// - Throws: `unreadable` for a name that is not UTF-8.
    static func content(
        of fields: [(name: [UInt8], value: [UInt8])],
        about subject: String
    ) throws(StoreFailure) -> [ContentField] {
        var content: [ContentField] = []
        content.reserveCapacity(fields.count)
        for field in fields {
            let name = try Self.name(of: field, about: subject)
            if !ReservedFields.contains(name) { content.append(ContentField(name, field.value)) }
        }
        return content
    }

    private static func name(
        of field: (name: [UInt8], value: [UInt8]),
        about subject: String
    ) throws(StoreFailure) -> String {
        guard let name = String(utf8: field.name) else {
            throw .unreadable("\(subject): the name of a field is not UTF-8")
        }
        return name
    }
}

extension [RedisValue] {
    /// Alternating names and values, as `HGETALL` replies; nil for anything else.
    var pairs: [(name: [UInt8], value: [UInt8])]? {
        guard count.isMultiple(of: 2) else { return nil }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        pairs.reserveCapacity(count / 2)
        for at in stride(from: 0, to: count, by: 2) {
            guard case .bulk(let name) = self[at], case .bulk(let value) = self[at + 1] else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }
}
