import ActorRuntime
import CartActor
import CartApplication
import CartTesting
import Foundation
import Testing

@testable import CartHTTP

/// The framework's lane, and the hot lane behind the parser and in front of it, answer the same bytes.
@Suite struct LaneTests {
    @Test(arguments: [InMemoryCarts.AnswerTime.atOnce, .nextTurn])
    func `whatever a client says, all lanes answer the same`(time: InMemoryCarts.AnswerTime) async throws {
        let cors = CORSPolicy(origins: ["https://shop.example"])
        try await LaneServers.serve(cors: cors, answering: time) { lanes in
            for (number, (name, requests)) in LaneTable.conversations.enumerated() {
                if name.hasSuffix("with a line") { lanes.putCart("c\(number)") }
                let bytes = requests.flatMap { $0.naming("c\(number)").bytes }
                let answer = try await lanes.compare(bytes, name)
                #expect(answer.hasPrefix("HTTP/1.1 "), "\(name)")
            }
            lanes.compareAsked()
            #expect(lanes.parsed.carts.asked.contains { $0.isFromLoop })
            #expect(lanes.recognized.carts.asked.contains { $0.isFromLoop })
            #expect(!lanes.framework.carts.asked.contains { $0.isFromLoop })
        }
    }

    @Test(arguments: ["If-Match", "If-None-Match"])
    func `all lanes answer the same under every precondition`(name: String) async throws {
        try await LaneServers.serve { lanes in
            for value in LaneTable.conditions {
                var requests: [RawRequest] = []
                for line in LaneTable.plainRoutes {
                    var request = LaneTable.good(line)
                    request.fields.append("\(name): \(value)")
                    requests.append(request)
                    request.fields.append(LaneTable.key)
                    requests += [request, request]
                }
                try await lanes.compare(requests)
                // Also of a cart that is not there.
                let creation = RawRequest("PUT /v1/carts/x", "\(name): \(value)", "\(name): \"7\"")
                try await lanes.compare(
                    RawRequest("PUT /v1/carts/y", "\(name): \(value)").bytes + creation.bytes
                )
            }
            lanes.compareAsked()
        }
    }

    @Test(arguments: RawRequest.Framing.allCases)
    func `all lanes answer the same to every body`(framing: RawRequest.Framing) async throws {
        try await LaneServers.serve { lanes in
            for line in LaneTable.routesWithBody {
                let requests = LaneTable.bodies.map { body, fields in
                    RawRequest(
                        line,
                        fields: fields.isEmpty ? ["Content-Type: application/json"] : fields,
                        body: Array(body.utf8),
                        framing: framing
                    )
                }
                try await lanes.compare(requests)
            }
            lanes.compareAsked()
        }
    }

    @Test(arguments: [
        [], ["Authorization: Bearer sixteen-letters-"], ["authorization: Basic x", "Authorization: y"],
    ])
    func `all lanes answer the same where the shop restricts what clients may do`(fields: [String])
        async throws
    {
        var policy = CartAPIPolicy()
        policy.trusted = TrustedToken("sixteen-letters-")
        policy.restrictsAdding = true
        policy.bodyBytes = 200
        try await LaneServers.serve(policy: policy) { lanes in
            for framing in RawRequest.Framing.allCases {
                for line in LaneTable.plainRoutes {
                    let requests = [LaneTable.add(), LaneTable.actions, "{", #"{"quantity":5}"#].map {
                        RawRequest(
                            line,
                            fields: fields + ["Content-Type: application/json"],
                            body: Array($0.utf8),
                            framing: framing
                        )
                    }
                    try await lanes.compare(requests, longest: 200)
                }
            }
            lanes.compareAsked()
        }
    }

    @Test(arguments: [
        "overloaded", "store-unavailable", "owner-unreachable", "unreadable", "deadline-exceeded",
        "session-lost", "not-ready", "draining",
    ])
    func `all lanes answer the same where a cart's owner does not answer`(reason: String) async throws {
        try await LaneServers.serve { lanes in
            for server in lanes.all { server.carts.fail(.init(rawValue: reason)) }
            let requests = LaneTable.plainRoutes.map { LaneTable.good($0).naming("f") }
            let answer = try await lanes.compare(requests.flatMap(\.bytes))
            #expect(answer.contains("urn:cart-node:problem:\(reason)"))
            lanes.compareAsked()
        }
    }

    @Test func `all lanes answer the same to random requests`() async throws {
        let wish = ProcessInfo.processInfo.environment["CART_FUZZ_SEED"].flatMap { UInt64($0) }
        let seed = wish ?? UInt64.random(in: 1 ... .max)
        print("fuzzing lanes: CART_FUZZ_SEED=\(seed)")
        try await LaneServers.serve(answering: seed % 2 == 0 ? .atOnce : .nextTurn) { lanes in
            var generator = ValueGenerator(seed: seed)
            let end = ContinuousClock.now + .seconds(2)
            var number = 0
            while ContinuousClock.now < end {
                number += 1
                var bytes: [UInt8] = []
                for _ in 0...generator.number(0...6) {
                    bytes += LaneTable.request(&generator, cart: "r\(number)").bytes
                }
                try await lanes.compare(bytes, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
            lanes.compareAsked()
            print("fuzzing lanes: \(number) conversations")
        }
    }
}
