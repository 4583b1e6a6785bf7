import Cart
import CartApplication
import NIOCore
import SeededRandom
import Testing

@testable import CartHTTP

/// What is read without a tree is what the tree would have said.
@Suite struct PlainBodyTests {
    private static func tree(_ text: String) -> CartCommand.Change? {
        guard let json = try? JSONReader.read(Array(text.utf8)) else { return nil }
        return try? CartBody.addition(json)
    }

    private static func plain(_ text: String) -> NewItem? {
        ByteBuffer(string: text).withUnsafeReadableBytes(PlainBodyReader.item)
    }

    @Test(arguments: [
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1299,"currency":"EUR"}}"#,
        #"{"unitPrice": {"currency": "JPY", "amount": -5, "exponent": 0}, "quantity": 0, "sku": ""}"#,
        " \n{ \"name\" : \"Tea\" ,\t\"sku\" : \"t-1\", \"quantity\":123456789012345678,\r"
            + "\"unitPrice\":{\"amount\":0,\"currency\":\"KWD\"} } ",
    ])
    func `a plain body is read without a tree`(_ text: String) throws {
        let item = try #require(Self.plain(text))
        #expect(Self.tree(text) == .addLine(item))
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{", #"{"sku":"A"}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}x"#,
        #"{"sku":"A","sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":01,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1.0,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1e0,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1234567890123456789,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A\n","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"é","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"DEM"}}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR","exponent":3}}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"},"amount":1}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"},"attributes":{}}"#,
        #"{"sku":"A","name":null,"quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}"#,
        #"{"sku":"A","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"},}"#,
    ])
    func `any other body is left to the tree`(_ text: String) {
        #expect(Self.plain(text) == nil)
    }

    @Test func `both read the same of bodies that were tampered with`() {
        var random = SplitMix64(seed: 5)
        let parts = [
            "{", "}", ":", ",", "\"", "\\", " ", "0", "1", "-", ".", "e", "null", "é", "\u{7f}", "\u{1}",
            "\"sku\"", "\"name\"", "\"quantity\"", "\"unitPrice\"", "\"amount\"", "\"currency\"", "\"EUR\"",
            "\"exponent\"", "[", "]", "\"attributes\"", "2",
        ]
        let body = Array(
            #"{"sku":"A","name":"b","quantity":7,"unitPrice":{"amount":12,"currency":"EUR","exponent":2}}"#
        )
        var plain = 0
        for _ in 0..<5_000 {
            var text = body
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                let end = min(text.count, place + Int.random(in: 0...2, using: &random))
                text.replaceSubrange(place..<end, with: parts.randomElement(using: &random) ?? "")
            }
            guard let item = Self.plain(String(text)) else { continue }
            plain += 1
            #expect(Self.tree(String(text)) == .addLine(item), "\(String(text))")
        }
        #expect(plain > 50)
    }

    @Test(arguments: ["{\"quantity\":3}", " { \"quantity\" : -12 } "])
    func `a plain quantity is read without a tree`(_ text: String) throws {
        let quantity = try #require(
            ByteBuffer(string: text).withUnsafeReadableBytes(PlainBodyReader.quantity)
        )
        let json = try JSONReader.read(Array(text.utf8))
        #expect(try CartBody.alteration(json, of: LineID(1)) == .setQuantity(LineID(1), quantity))
    }

    @Test(arguments: [
        "{\"quantity\":3,\"quantity\":3}", "{\"sku\":3}", "3", "{\"quantity\":\"3\"}", "{\"quantity\":3",
    ])
    func `any other alteration is left to the tree`(_ text: String) {
        #expect(ByteBuffer(string: text).withUnsafeReadableBytes(PlainBodyReader.quantity) == nil)
    }
}
