import ActorRuntime
import Cart
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Ownership
import Testing

@testable import CartActor
@testable import CartApplication
@testable import CartHTTP

/// A route that takes a body, with one that is good.
struct Route: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let body: String

    private init(_ method: HTTPRequest.Method, _ path: String, _ body: String) {
        self.method = method
        self.path = path
        self.body = body
    }

    static let all: [Route] = [
        Route(.post, "/v1/carts", #"{"currency":"EUR","expiresInSeconds":86400}"#),
        Route(.put, "/v1/carts/c", #"{"currency":"EUR","expiresInSeconds":60}"#),
        Route(
            .patch,
            "/v1/carts/c",
            #"{"note":"a\nb","customerId":"kim","email":"k@example.com","attributes":{"a":"1","b":null},"discountCodes":["A","B"],"expiresInSeconds":null}"#
        ),
        Route(
            .post,
            "/v1/carts/c/lines",
            #"{"sku":"mug","name":"Möwe 🐦","quantity":2,"unitPrice":{"amount":1500,"currency":"EUR"},"attributes":{"size":"L"}}"#
        ),
        Route(.patch, "/v1/carts/c/lines/1", #"{"quantity":3}"#),
        Route(.put, "/v1/carts/c/lines/1/price", #"{"unitPrice":{"amount":1400,"currency":"EUR"}}"#),
        Route(
            .post,
            "/v1/carts/c/take-out",
            #"{"lines":[{"lineId":"1","quantity":1},{"lineId":"9","quantity":2}]}"#
        ),
        Route(
            .post,
            "/v1/carts/c/actions",
            #"{"actions":[{"action":"set-quantity","lineId":"1","quantity":4},{"action":"set-details","note":null},{"action":"take-out","lines":[{"lineId":"1","quantity":1}]},{"action":"clear"}]}"#
        ),
        Route(.post, "/v1/carts/c/checkout", #"{"version":2}"#),
        Route(.post, "/v1/carts/c/checkout/cancel", "{}"),
        Route(.post, "/v1/carts/c/merge", #"{"from":"d","mergeId":"m-1","strategy":"max"}"#),
    ]
}

extension HTTPTestClient {
    /// Sends bytes that need not be text, with the token of the shop.
    func send(bytes: [UInt8], _ route: Route, type: String? = "application/json") async throws
        -> ReceivedResponse
    {
        var fields = DetailRouteTests.bearer(DetailRouteTests.token)
        if let type { fields[.contentType] = type }
        return try await client.execute(
            uri: route.path,
            method: route.method,
            headers: fields,
            body: ByteBuffer(bytes: bytes)
        ) { response in
            ReceivedResponse(
                status: response.status.code,
                headers: response.headers,
                body: .init(buffer: response.body)
            )
        }
    }
}

/// Makes bad input of good one.
enum Mutation {
    /// What is put in place of values, or anywhere.
    private static let scraps = [
        "null", "true", "-1", "0", "1.0", "1e400", "9223372036854775808", "-9223372036854775809", "\"\"",
        "[]", "{}",
        "[[[[[[[[[[]]]]]]]]]]", #""\ud800""#, #""\udfff\ud800""#, #""\u0000""#, "\"\u{202E}abc\"",
        "\"\u{FEFF}\"",
        "\"e\u{301}\"", "\"\u{E9}\"", "\"\u{212A}\"", #""\u0040\u0301""#, #"{"a":1,"a":2}"#, "\u{FEFF}", ",",
        ":", "\"",
        "}", "]", "{", "[", "\\", "\u{0}", "0x1", "NaN", "'a'", "/**/",
        "\"" + String(repeating: "a", count: 1_100) + "\"",
    ]

    /// A text that was JSON, changed in a few places; now and then not at all.
    static func json(_ text: String, _ generator: inout ValueGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<generator.number(0...3) {
            switch generator.number(0...5) {
            case 0: bytes = self.bytes(bytes, &generator)
            case 1...3: replaceToken(&bytes, scrap(&generator))
            case 4:
                let place = generator.number(0...bytes.count)
                bytes.insert(contentsOf: scrap(&generator), at: place)
            default:
                // A member twice, or one too many.
                let member = [#""quantity":1,"#, #""currency":"EUR","#, #""x":0,"#, #""":0,"#][
                    generator.number(0...3)
                ]
                guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { continue }
                bytes.insert(contentsOf: Array(member.utf8), at: brace + 1)
            }
        }
        return bytes
    }

    private static func scrap(_ generator: inout ValueGenerator) -> [UInt8] {
        Array(scraps[generator.number(0...scraps.count - 1)].utf8)
    }

    /// Puts something in place of a value.
    private static func replaceToken(_ bytes: inout [UInt8], _ scrap: [UInt8]) {
        let ends = Set(",:{}[]".utf8)
        let starts = bytes.indices.filter {
            $0 > 0 && ends.contains(bytes[$0 - 1]) && !ends.contains(bytes[$0])
        }
        guard !starts.isEmpty else { return }
        let start = starts[(bytes.count &* 31 &+ scrap.count) % starts.count]
        let end = bytes[start...].firstIndex { ends.contains($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: scrap)
    }

    /// Bytes with some turned, cut, doubled or put in.
    static func bytes(_ original: [UInt8], _ generator: inout ValueGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<generator.number(0...4) {
            guard !bytes.isEmpty else {
                return (0..<generator.number(0...9)).map { _ in UInt8(generator.number(0...255)) }
            }
            let place = generator.number(0...bytes.count - 1)
            switch generator.number(0...5) {
            case 0: bytes[place] = UInt8(generator.number(0...255))
            case 1: bytes[place] ^= 1 << UInt8(generator.number(0...7))
            case 2: bytes.insert([0, 0x7F, 0x80, 0xFF][generator.number(0...3)], at: place)
            case 3: bytes.remove(at: place)
            case 4: bytes.removeSubrange(place...)
            default: bytes.append(contentsOf: bytes[place...].prefix(24))
            }
        }
        return bytes
    }

    /// Names that fields of records have, and some that they have not.
    static let fieldNames = [
        "s", "m", "b", "i:1", "i:2", "i:4294967295", "i:0", "op:0", "op:1", "or:0", "or:1", "ev:1", "ev:2",
        "ev:7",
        "ev:18446744073709551615", "x", "", "i:", "ev:-1", "op:99999999999999999999",
    ]

    /// What a field of this name might hold, or what another does.
    static func field(_ name: String, _ generator: inout ValueGenerator) throws -> [UInt8] {
        let codec = CartCodec()
        let fields = try generator.fields()
        let kind = name.prefix { $0 != ":" }
        if kind == "b" {
            return Array(
                ["0", "1", "6", "x", "", "-1", "18446744073709551616"][generator.number(0...6)].utf8
            )
        }
        if kind == "ev" { return bytes(try codec.encode(events: generator.events()), &generator) }
        let fitting = fields.filter { $0.name.prefix { $0 != ":" } == kind }.randomElement(
            using: &generator.random
        )
        let value = try fitting?.value ?? codec.encode(state: CartRecord(cart: generator.state()))
        return bytes(value, &generator)
    }
}

extension ValueGenerator {
    /// The fields that a store of parts has of a cart; none of a cart that is too absurd to be stored.
    fileprivate mutating func fields() throws -> [ContentField] {
        do {
            return try StoredCartFixture.layout(.incremental).content(
                of: CartRecord(cart: state()),
                at: SequenceNumber(7)
            )
        } catch is CodecFailure {
            return []
        }
    }
}

extension ValueGenerator {
    mutating func events() throws -> [CartEvent] {
        var events: [CartEvent] = []
        for _ in 0..<number(0...3) { events.append(try event()) }
        return events
    }

    private mutating func event() throws -> CartEvent {
        switch number(0...9) {
        case 0: return .created(currency: currency(), at: moment())
        case 1: return .lineAdded(line(), currency: try #require(currency()))
        case 2: return .lineRenamed(lineID(), name: text(), at: moment())
        case 3: return .quantityChanged(lineID(), quantity: Int32(truncatingIfNeeded: int64()), at: moment())
        case 4: return .lineRemoved(lineID(), at: moment())
        case 5: return .priceChanged(lineID(), unitPrice: int64(), at: moment())
        case 6: return .detailsChanged(details(), at: moment())
        case 7: return .checkedOut(CartOrder(id: OrderID(cartID()), version: random.next(), at: moment()))
        case 8: return .cleared(at: moment())
        default: return .deleted(at: moment())
        }
    }

    mutating func answer() -> Answer<CartLogic> {
        let record = CartRecord(cart: state())
        let replayed: UInt64? = flip() ? random.next() : nil
        let verdict: Answer<CartLogic>.Verdict =
            flip()
            ? .accepted(CartReply(effect(), replayed: replayed), record) : .rejected(.lineNotFound(lineID()))
        return Answer(verdict: verdict, sequence: random.next(), node: text())
    }
}
