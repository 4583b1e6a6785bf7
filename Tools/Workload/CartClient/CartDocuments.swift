import CartWorkload
import Foundation
import NIOCore

/// A cart as the nodes write it, reduced to what a workload checks.
struct CartDocument: Decodable {
    struct Line: Decodable {
        struct Price: Decodable {
            let amount: Double
        }

        let id: String
        let sku: String
        let quantity: UInt32
        let unitPrice: Price?
    }

    struct Order: Decodable {
        let version: UInt64
    }

    struct Merge: Decodable {
        let mergeId: String
    }

    let version: UInt64
    let state: String?
    let order: Order?
    let mergedInto: Merge?
    let note: String?
    let customerId: String?
    let attributes: [String: String]?
    let discountCodes: [String]?
    /// Nil for a cart that is gone.
    let lines: [Line]?
}

/// A problem (RFC 9457) as the nodes and the gateway write it.
struct ProblemDocument: Decodable {
    let type: String?
    /// `not-applied` or `unknown`; nil for a refusal, which changes nothing.
    let outcome: String?
    let field: String?
    /// The actual version, as an entity tag.
    let actual: String?
    /// The target and the id of the merge that closed the cart.
    let into: String?
    let mergeId: String?

    var mergePointer: AttemptResult.MergePointer? {
        guard let into, let id = mergeId.flatMap({ OperationID($0) }) else { return nil }
        return AttemptResult.MergePointer(id, into: into)
    }

    /// The last part of the problem's type.
    var kind: String { type?.split(separator: ":").last.map(String.init) ?? "problem" }
}

extension CartObservation {
    /// - Throws: an error for a body that is not JSON from its first byte to its last, or that lacks what a
    ///   cart has.
    init(json body: ByteBuffer) throws {
        let document = try body.decoded(as: CartDocument.self)
        let phase = try Phase(document)
        guard let documentLines = document.lines ?? phase.emptyLines else {
            throw MalformedState(state: document.state)
        }
        let lines = try documentLines.map { line in
            guard let id = UInt32(line.id), line.quantity > 0 else { throw MalformedLine(id: line.id) }
            return CartObservation.Line(
                id: id,
                article: Article(sku: line.sku),
                quantity: line.quantity,
                price: line.unitPrice.flatMap { UInt32(exactly: $0.amount) } ?? Line.addedPrice
            )
        }
        self.init(
            version: document.version,
            phase: phase,
            note: document.note.map { Article(sku: $0) },
            mark: Self.mark(of: [
                document.customerId, document.attributes?[Self.markAttribute], document.discountCodes?.first,
            ]),
            lines: lines
        )
    }

    private struct MalformedLine: Error, CustomStringConvertible {
        let id: String

        var description: String { "line '\(id)' lacks a numeric id or a quantity above 0" }
    }
}

extension CartObservation.Phase {
    /// - Throws: an error for a state that no cart of a workload has.
    fileprivate init(_ document: CartDocument) throws {
        let merge = document.mergedInto.flatMap { OperationID($0.mergeId) }
        switch (document.state, document.order, merge) {
        case (nil, _, _), ("open", nil, nil): self = .open
        case ("checked-out", let order?, nil): self = .ordered(version: order.version)
        case ("merging", nil, let merge?): self = .merging(merge)
        case ("merged", nil, let merge?): self = .merged(merge)
        case ("deleted", nil, nil): self = .deleted
        default: throw MalformedState(state: document.state)
        }
    }

    /// The lines of a cart that is gone; nil for a phase in which a cart shows its lines.
    fileprivate var emptyLines: [CartDocument.Line]? {
        switch self {
        case .open, .ordered, .merging: nil
        case .merged, .deleted: []
        }
    }
}

private struct MalformedState: Error, CustomStringConvertible {
    let state: String?

    var description: String { "the state '\(state ?? "none")' does not go with the rest of the cart" }
}

extension String {
    /// The text without the quotation marks of an entity tag.
    var trimmingEntityTag: Substring {
        let isTag = count >= 2 && hasPrefix("\"") && hasSuffix("\"")
        return isTag ? dropFirst().dropLast() : self[...]
    }
}

extension ByteBuffer {
    /// Foundation checks the document to its last byte, so that a workload also holds the nodes' own JSON
    /// writer against an independent parser. A cart of five lines costs 18 µs, a small part of its request.
    func decoded<Document: Decodable>(as type: Document.Type) throws -> Document {
        try JSONDecoder().decode(type, from: Data(readableBytesView))
    }
}
