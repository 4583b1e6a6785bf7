import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import OpenAPIDocument
import OpenAPIPage
import Testing
import Yams

@testable import CartHTTP

/// Holds the document of the REST face against the face.
@Suite struct APIDocumentTests {
    private let root: Node

    init() throws {
        root = try #require(try Yams.compose(yaml: APIDocument.yaml))
    }

    private func members(_ node: Node?) -> [String: Node] {
        var found: [String: Node] = [:]
        for (key, value) in node?.mapping ?? [:] { found[key.string ?? ""] = value }
        return found
    }

    private func texts(_ node: Node?) -> [String] { (node?.sequence ?? []).compactMap(\.string) }

    private func schema(_ name: String) throws -> Node { try #require(root["components"]?["schemas"]?[name]) }

    /// The methods of each path, as `Allow` orders them not.
    private var paths: [String: Set<String>] {
        members(root["paths"]).mapValues { item in
            Set(members(item).keys.filter { $0 != "parameters" }.map { $0.uppercased() })
        }
    }

    @Test func `the document has each resource with its methods, and none else`() throws {
        #expect(root["openapi"]?.string == "3.1.0")
        let resources: [String: CartResource] = [
            "/v1/carts": .carts, "/v1/carts/{id}": .cart("c"), "/v1/carts/{id}/lines": .lines("c"),
            "/v1/carts/{id}/lines/{lineId}": .line("c", "1"),
            "/v1/carts/{id}/lines/{lineId}/price": .price("c", "1"), "/v1/carts/{id}/actions": .actions("c"),
            "/v1/carts/{id}/take-out": .takeOut("c"), "/v1/carts/{id}/checkout": .checkout("c"),
            "/v1/carts/{id}/checkout/cancel": .cancellation("c"), "/v1/carts/{id}/order": .order("c"),
            "/v1/carts/{id}/merge": .merge("c"), "/v1/carts/{id}/history": .history("c"),
            "/v1/carts/{id}/stream": .stream("c"),
        ]
        for resource in resources.values {
            // Whoever adds a resource is told by the compiler to come here.
            switch resource {
            case .carts, .cart, .lines, .line, .price, .actions, .takeOut, .checkout, .cancellation, .order,
                .merge,
                .history, .stream:
                break
            }
        }
        #expect(Set(paths.keys) == Set(resources.keys))
        for (path, methods) in paths {
            let target = path.replacing("{id}", with: "c").replacing("{lineId}", with: "1")
            let resource = try #require(CartResource(target: target), "\(path)")
            #expect(resource == resources[path])
            #expect(methods == Set(resource.methods.split(separator: ", ").map(String.init)), "\(path)")
        }
    }

    @Test func `what the document names is answered, and other methods are not`() async throws {
        let paths = paths
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            for (path, methods) in paths where path != "/v1/carts/{id}/stream" {
                let target = path.replacing("{id}", with: "c").replacing("{lineId}", with: "1")
                for name in ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
                    let method = try #require(HTTPRequest.Method(name))
                    let reply = try await caller.send(method, target)
                    if methods.contains(name) {
                        #expect(reply.status != 405 && reply.problem != "unknown-path", "\(name) \(path)")
                    } else {
                        #expect(reply.status == 405, "\(name) \(path)")
                        #expect(
                            reply["Allow"].map { Set($0.split(separator: ", ").map(String.init)) } == methods
                        )
                    }
                }
            }
        }
    }

    @Test func `the document has every kind of problem with its status, and none else`() throws {
        var found: [String: Int] = [:]
        for (name, response) in members(root["components"]?["responses"]) {
            guard let schema = response["content"]?["application/problem+json"]?["schema"]?["$ref"]?.string
            else {
                continue
            }
            let kinds = try self.schema(String(try #require(schema.split(separator: "/").last)))
            let part = try #require(kinds["allOf"]?.sequence?.last?["properties"])
            let status = try #require(part["status"]?["const"]?.int, "\(name)")
            for type in texts(part["type"]?["enum"]) { found[type] = status }
        }
        let kinds = ProblemKind.ofREST.map { ($0.type, $0.status) }
        #expect(found == Dictionary(uniqueKeysWithValues: kinds))
    }

    @Test func `the document has the currencies that are in use, and none else`() throws {
        let letters = (0x41...0x5A).map { String(UnicodeScalar(UInt8($0))) }
        var active: Set<String> = []
        for a in letters {
            for b in letters {
                for c in letters where (try? Currency(a + b + c)) != nil { active.insert(a + b + c) }
            }
        }
        #expect(active.count > 150)
        #expect(Set(texts(try schema("Currency")["enum"])) == active)
    }

    @Test func `the document's limits are the cart's`() throws {
        let limits = CartLimits()
        let details = try schema("Details")["properties"]
        #expect(texts(try schema("Cart")["required"]).count > 10 && details?["note"] != nil)
        #expect(try schema("Note")["maxLength"]?.int == limits.noteBytes)
        #expect(try schema("Name")["maxLength"]?.int == limits.nameBytes)
        #expect(try schema("Customer")["maxLength"]?.int == limits.customerBytes)
        #expect(try schema("DiscountCodes")["maxItems"]?.int == limits.discountCodes)
        #expect(try schema("DiscountCodes")["items"]?["maxLength"]?.int == limits.discountCodeBytes)
        #expect(try schema("LineAttributes")["maxProperties"]?.int == limits.attributes)
        #expect(try schema("AttributeValue")["maxLength"]?.int == limits.attributeValueBytes)
        #expect(try schema("AddedQuantity")["maximum"]?.int == Int(limits.quantity))
        #expect(try schema("Money")["properties"]?["amount"]?["maximum"]?.int == Int(limits.unitPrice))
        #expect(try schema("ExpiresIn")["minimum"]?.int == Int(CartLimits.expiresIn.lowerBound))
        #expect(try schema("ExpiresIn")["maximum"]?.int == Int(CartLimits.expiresIn.upperBound))
        #expect(try schema("Actions")["properties"]?["actions"]?["maxItems"]?.int == limits.actions)
        #expect(try schema("TakeOut")["properties"]?["lines"]?["maxItems"]?.int == limits.lines)
        #expect(try schema("SKU")["maxLength"]?.int == limits.skuBytes)
        let actions = try #require(try schema("Action")["oneOf"]?.sequence)
        let names = actions.compactMap { $0["properties"]?["action"]?["const"]?.string }
        #expect(Set(names) == Set(ActionName.allCases.map(\.rawValue)))
        for action in actions {
            let name = try #require(
                ActionName(rawValue: action["properties"]?["action"]?["const"]?.string ?? "")
            )
            #expect(Set(members(action["properties"]).keys) == Set(name.members + ["action"]))
        }
    }

    @Test func `answers have exactly the members that their schemas name`() async throws {
        func names(_ schema: Node?) -> Set<String> { Set(members(schema?["properties"]).keys) }
        let cart = names(try schema("Cart"))
        let required = Set(texts(try schema("Cart")["required"]))
        let line = names(try schema("Line"))
        let (order, problem) = (names(try schema("Order")), names(try schema("Problem")))
        let (totals, money) = (names(try schema("Totals")), names(try schema("Amount")))
        let merged = try #require(try schema("Gone")["oneOf"]?.sequence)
        let gone = names(merged.last)
        #expect(cart.subtracting(required) == ["results"])
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            let added = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            #expect(Set(try added.json.keys) == required)
            #expect(Set(try #require(try added.lines.first).keys) == line)
            let sum = try #require(try added.json["totals"] as? [String: Any])
            #expect(Set(sum.keys) == totals)
            #expect(Set(try #require(sum["subtotal"] as? [String: Any]).keys) == money)
            let batch = try await caller.send(
                .post,
                "/v1/carts/c/actions",
                body: #"{"actions":[{"action":"set-details","note":"a"}]}"#
            )
            #expect(Set(try batch.json.keys) == cart)
            _ = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":3}"#)
            #expect(Set(try await caller.send(.get, "/v1/carts/c/order").json.keys) == order)
            let refusals = [
                try await caller.send(.post, "/v1/carts/c/lines", body: apple),
                try await caller.send(.post, "/v1/carts/c/lines", body: "{}"),
                try await caller.send(.get, "/v1/carts/d"),
                try await caller.send(.get, "/v1/carts/c", headers: [.ifMatch: "\"9\""]),
            ]
            for refusal in refusals {
                #expect(refusal.status >= 400)
                #expect(Set(try refusal.json.keys).isSubset(of: problem))
            }
            for id in ["a", "b"] { _ = try await caller.send(.put, "/v1/carts/\(id)") }
            _ = try await caller.send(.post, "/v1/carts/b/merge", body: #"{"from":"a","mergeId":"m"}"#)
            #expect(Set(try await caller.send(.get, "/v1/carts/a").json.keys) == gone)
        }
    }

    @Test func `the page is the document's, and loads nothing`() throws {
        let page = APIDocument.page
        #expect(try ReferencePageGenerator.page(of: APIDocument.yaml) == page)
        for sign in ["<script", "<link", "<img", "@import", "url(", "src=", "https:"] {
            #expect(!page.contains(sign), "\(sign)")
        }
        for kind in ProblemKind.ofREST { #expect(page.contains("<code>\(kind.name)</code>")) }
        for (path, item) in members(root["paths"]) {
            #expect(page.contains("<code>\(path)</code>"), "\(path)")
            for (method, operation) in members(item)
            where !["head", "options", "parameters"].contains(method) {
                #expect(page.contains("id=\"\(operation["operationId"]?.string ?? "")\""))
            }
        }
    }
}

extension ProblemKind {
    /// Those that the REST face can answer: not what only messages of gRPC can be.
    fileprivate static let ofREST = all.filter { $0 != .application(.malformedMessage) }
}
