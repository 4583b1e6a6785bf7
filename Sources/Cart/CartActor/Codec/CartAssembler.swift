import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

/// Puts a cart together from the fields that `CartSplit` made, in whatever order they come.
struct CartAssembler {
    static let linePrefix = "i:"

    private var head: (name: String, cart: StoredCart)?
    private var lines: [StoredLine] = []
    private var operations = OperationFields()

    /// - Throws: where the field is not one of ours, or cannot be read.
    mutating func add(_ part: ContentField) throws(CodecFailure) {
        do throws(CodecFailure) {
            if part.name == "s" || part.name == "m" {
                guard head == nil else { throw CodecFailure("there is another whole or split cart") }
                head = (part.name, try CartCodec.message(StoredCart.self, from: part.value, "a stored cart"))
            } else if let number = FieldNumber.of(part.name, after: Self.linePrefix) {
                let line = try CartCodec.message(StoredLine.self, from: part.value, "a line")
                guard UInt64(line.id) == number else { throw CodecFailure("it holds line \(line.id)") }
                lines.append(line)
            } else if try !operations.add(part) {
                throw CodecFailure("a form that this build does not know")
            }
        } catch {
            throw CodecFailure("the field `\(part.name)` cannot be read: \(error.reason)")
        }
    }

    /// The whole cart, as if it had never been split.
    ///
    /// - Throws: where there is less or more than its head says.
    func record() throws(CodecFailure) -> CartRecord {
        guard let (name, stored) = head else { throw CodecFailure("neither the field `s` nor `m` is there") }
        var cart = stored
        do throws(CodecFailure) {
            try placeLines(in: &cart)
            try placeOperations(in: &cart)
            return try cart.record()
        } catch {
            throw CodecFailure("the field `\(name)` cannot be read: \(error.reason)")
        }
    }

    private func placeLines(in cart: inout StoredCart) throws(CodecFailure) {
        guard var open = cart.contents else {
            guard lines.isEmpty else {
                throw CodecFailure("there are lines, and no cart that could have them")
            }
            return
        }
        guard Int(open.linesApart) == lines.count, lines.isEmpty || open.lines.isEmpty else {
            throw CodecFailure("it speaks of \(open.linesApart) lines, and there are \(lines.count)")
        }
        guard !lines.isEmpty else { return }
        // Ids are given out in the order in which lines come.
        open.lines = lines.sorted { $0.id < $1.id }
        open.linesApart = 0
        cart.contents = open
    }

    private func placeOperations(in cart: inout StoredCart) throws(CodecFailure) {
        guard cart.hasLogApart else {
            guard operations.isEmpty else {
                throw CodecFailure("there are operations that it does not know of")
            }
            return
        }
        guard !cart.hasLog else { throw CodecFailure("it holds operations and has others apart") }
        cart.log = try operations.log(cart.logApart)
        cart.clearLogApart()
    }
}

extension StoredCart {
    /// The contents of the cart, in whatever state it is; nil where it has none, and then setting them does
    /// nothing.
    var contents: StoredOpen? {
        get {
            switch kind {
            case .open(let open): open
            case .checkedOut(let message): message.cart
            case .closing(let message): message.cart
            case .merged, .deleted, .none?, nil: nil
            }
        }
        set {
            guard let newValue else { return }
            switch kind {
            case .open: open = newValue
            case .checkedOut: checkedOut.cart = newValue
            case .closing: closing.cart = newValue
            case .merged, .deleted, .none?, nil: break
            }
        }
    }
}

/// Numbers in the names of fields.
enum FieldNumber {
    /// The number after the prefix, in plain decimal digits; nil for any other name.
    static func of(_ name: String, after prefix: String) -> UInt64? {
        let name = name.utf8
        guard name.starts(with: prefix.utf8) else { return nil }
        let digits = name.dropFirst(prefix.utf8.count)
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let tens = number.multipliedReportingOverflow(by: 10)
            let sum = tens.partialValue.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !tens.overflow, !sum.overflow else { return nil }
            number = sum.partialValue
        }
        return number
    }
}
