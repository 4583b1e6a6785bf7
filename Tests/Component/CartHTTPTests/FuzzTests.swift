import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Ownership
import Testing

@testable import CartHTTP

/// Random input of every kind, for a second or two each. The seed is printed; `CART_FUZZ_SEED` sets it.
@Suite(.serialized) struct FuzzTests {
    private let seed: UInt64
    private let codec = CartCodec()

    init() {
        let wish = ProcessInfo.processInfo.environment["CART_FUZZ_SEED"].flatMap { UInt64($0) }
        seed = wish ?? UInt64.random(in: 1 ... .max)
    }

    /// Repeats a step until its time is up.
    private func repeating(
        _ name: String,
        for time: Duration,
        _ step: (inout ValueGenerator) async throws -> Void
    ) async throws {
        print("fuzzing \(name): CART_FUZZ_SEED=\(seed)")
        var generator = ValueGenerator(seed: seed)
        let end = ContinuousClock.now + time
        var count = 0
        repeat {
            for _ in 0..<16 { try await step(&generator) }
            count += 16
        } while ContinuousClock.now < end
        print("fuzzing \(name): \(count) cases")
    }

    @Test func `whatever a body holds, it is never a 5xx, and what is refused changes nothing`() async throws
    {
        let backend = InMemoryCarts()
        let seed = seed
        try await serve(backend, policy: DetailRouteTests.trusting) { caller in
            try await repeating("bodies", for: .seconds(2)) { generator in
                let route = Route.all[generator.number(0...Route.all.count - 1)]
                try await Fuzzer.prepare(caller)
                let before = backend.carts
                let asked = backend.asked.count
                let bytes = Mutation.json(route.body, &generator)
                let reply = try await caller.send(bytes: bytes, route)
                let told =
                    "seed \(seed): \(route.method) \(route.path) \(String(decoding: bytes, as: UTF8.self))"
                try #require((200..<500).contains(reply.status), "\(told)")
                guard reply.status >= 400 else { return }
                #expect(reply["Content-Type"] == "application/problem+json", "\(told)")
                #expect(try reply.json["status"] as? Int == reply.status, "\(told)")
                #expect(backend.carts == before, "\(told)")
                if [400, 413, 415, 422].contains(reply.status), reply.problem != "idempotency-key-reused" {
                    #expect(backend.asked.count == asked, "\(told)")
                }
            }
        }
    }

    @Test func `whatever bytes come from a peer or the store, they are refused or can be written again`()
        async throws
    {
        try await repeating("protobuf", for: .seconds(1.5)) { generator in
            let command = try Mutation.bytes(codec.encode(command: generator.command()), &generator)
            try readAgain(command, decode: codec.decode(command:), encode: codec.encode(command:))
            let state = try Mutation.bytes(
                codec.encode(state: CartRecord(cart: generator.state())),
                &generator
            )
            try readAgain(state, decode: codec.decode(state:), encode: codec.encode(state:))
            let answer = try Mutation.bytes(codec.encode(answer: generator.answer()), &generator)
            try readAgain(answer, decode: codec.decode(answer:), encode: codec.encode(answer:))
            let events = try Mutation.bytes(codec.encode(events: generator.events()), &generator)
            try readAgain(events, decode: codec.decode(events:), encode: codec.encode(events:))
        }
    }

    /// Checks that a value that can be read can be written, and is the same when it is read again.
    private func readAgain<Value>(
        _ bytes: [UInt8],
        decode: ([UInt8]) throws(CodecFailure) -> Value,
        encode: (Value) throws(CodecFailure) -> [UInt8]
    ) throws {
        let value: Value
        do throws(CodecFailure) {
            value = try decode(bytes)
        } catch {
            #expect(!error.reason.isEmpty)
            return
        }
        let written = try encode(value)
        let again = try encode(decode(written))
        #expect(again == written, "seed \(seed): \(bytes)")
    }

    @Test func `whatever fields a record has, it is refused or it is a cart that can be shown and changed`()
        async throws
    {
        try await repeating("records", for: .seconds(1)) { generator in
            var fields: [ContentField] = []
            for name in Mutation.fieldNames.shuffled(using: &generator.random).prefix(generator.number(0...5))
            {
                fields.append(ContentField(name, try Mutation.field(name, &generator)))
            }
            let sequence = SequenceNumber([1, 2, 7, .max][generator.number(0...3)])
            let found: CartRecord
            do throws(CodecFailure) {
                found = try StoredCartFixture.reader.state(in: fields, at: sequence).state
            } catch {
                #expect(!error.reason.isEmpty)
                return
            }
            let id = generator.cartID()
            _ = CartFormatter.json(of: id, found, version: sequence.rawValue, retention: .seconds(60))
            let command = try generator.command()
            let decision = CartLogic().decide(command, on: found, sequence: sequence.rawValue, next: 9)
            guard case .accept(let events, _) = decision else { return }
            var state = found
            for event in events { CartLogic().evolve(&state, with: event) }
            _ = try codec.encode(state: state)
        }
    }
}

/// Helpers for the fuzzing of routes.
enum Fuzzer {
    /// Two open carts with lines, as they were.
    static func prepare(_ caller: HTTPTestClient) async throws {
        for id in ["c", "d"] {
            let made = try await caller.send(.put, "/v1/carts/\(id)")
            guard made.status == 201 else { continue }
            _ = try await caller.send(.post, "/v1/carts/\(id)/lines", body: apple)
        }
    }
}
