import ActorRuntime
import Cart
import CartProtobuf

// On the path of every restore.

/// Puts a cart without anything rare together from its fields. What it puts together, `CartAssembler` would.
enum PlainParts {
    /// Nil for fields that are `CartAssembler`'s to read or to refuse.
    static func record(of parts: [ContentField]) -> CartRecord? {
        var head: PlainCart?
        var lines: [Line] = []
        lines.reserveCapacity(max(0, parts.count - 1))
        var operations = OperationFields()
        for part in parts {
            if let number = FieldNumber.of(part.name, after: CartAssembler.linePrefix) {
                guard let line = Line(plain: part.value), UInt64(line.id.number) == number else { return nil }
                lines.append(line)
            } else if part.name == "s" || part.name == "m" {
                guard head == nil, let cart = PlainCart(part.value) else { return nil }
                head = cart
            } else {
                guard (try? operations.add(part)) == true else { return nil }
            }
        }
        guard var cart = head, place(lines, in: &cart) else { return nil }
        guard let apart = cart.logApart else { return operations.isEmpty ? cart.record(nil) : nil }
        guard let log = try? operations.log(apart).operations() else { return nil }
        return cart.record(log)
    }

    /// - Returns: false if there are more or fewer lines than the head says, or several of one id.
    private static func place(_ lines: [Line], in cart: inout PlainCart) -> Bool {
        guard Int(cart.linesApart) == lines.count else { return false }
        guard !lines.isEmpty else { return true }
        guard cart.lines.isEmpty else { return false }
        // Ids are given out in the order in which lines come, and Redis keeps small hashes in that order too.
        cart.lines = isAscending(lines) ? lines : lines.sorted { $0.id < $1.id }
        return isAscending(cart.lines)
    }

    private static func isAscending(_ lines: [Line]) -> Bool {
        lines.indices.dropFirst().allSatisfy { lines[$0 - 1].id < lines[$0].id }
    }
}
