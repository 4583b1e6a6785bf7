import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Ownership
import Testing

@testable import CartHTTP

/// `GET /v1/carts/{id}/history`.
@Suite struct HistoryTests {
    private func content() throws -> StoredContent {
        let layout = try StoredCartFixture.layout(.events, every: 3)
        let eur = try #require(Currency(stored: "EUR"))
        var fixture = StoredCartFixture()
        try fixture.commit([.created(currency: nil, at: moment)], by: layout)
        let line = Line(id: LineID(1), sku: "apple", name: nil, quantity: 2, unitPrice: 150, addedAt: moment)
        try fixture.commit([.lineAdded(line, currency: eur)], by: layout)
        let applied = AppliedOperation(CartOperation(key: 1, request: 2), effect: .cleared, version: 3)
        try fixture.commit(
            [
                .quantityChanged(LineID(1), quantity: 5, at: moment),
                .lineRenamed(LineID(1), name: "Red apple", at: moment),
                .operationApplied(applied, capacity: OperationLog.Capacity(kept: 1, retired: 1), at: moment),
            ],
            by: layout
        )
        try fixture.commit([.lineRemoved(LineID(1), at: moment)], by: layout)
        try fixture.commit([.cleared(at: moment), .cleared(at: moment)], by: layout)
        return StoredContent(fixture.content, at: fixture.sequence)
    }

    @Test func `the kept commits are listed with what happened, when, and the version`() async throws {
        try await serve(past: FixedPastStore(try content())) { caller in
            let reply = try await caller.send(.get, "/v1/carts/c1/history")
            #expect(reply.status == 200)
            #expect(reply.headers[.eTag] == "\"5\"")
            let text = String(decoding: reply.body, as: UTF8.self)
            let at = "\"at\":\"2026-11-22T16:09:17.042Z\""
            #expect(
                text == """
                    {"id":"c1","version":5,"since":3,"commits":[\
                    {"version":4,"events":[{\(at),"event":"line-removed","lineId":"1"}]},\
                    {"version":5,"events":[{\(at),"event":"cleared"},{\(at),"event":"cleared"}]}]}
                    """
            )
        }
    }

    @Test func `every kind of event is told`() async throws {
        let layout = try StoredCartFixture.layout(.events, every: 100)
        let eur = try #require(Currency(stored: "EUR"))
        let line = Line(id: LineID(1), sku: "apple", name: nil, quantity: 2, unitPrice: 150, addedAt: moment)
        let applied = AppliedOperation(CartOperation(key: 1, request: 2), effect: .cleared, version: 3)
        var fixture = StoredCartFixture()
        try fixture.commit(
            [
                .created(currency: eur, at: moment), .lineAdded(line, currency: eur),
                .lineRenamed(LineID(1), name: "x", at: moment),
                .quantityChanged(LineID(1), quantity: 5, at: moment),
                .operationApplied(applied, capacity: OperationLog.Capacity(kept: 1, retired: 1), at: moment),
            ],
            by: layout
        )
        let content = StoredContent(fixture.content, at: fixture.sequence)
        try await serve(past: FixedPastStore(content)) { caller in
            let reply = try await caller.send(.get, "/v1/carts/c1/history")
            let text = String(decoding: reply.body, as: UTF8.self)
            for part in [
                #""event":"created","currency":"EUR""#,
                #""event":"line-added","line":{"id":"1","sku":"apple""#,
                #""event":"line-renamed","lineId":"1","name":"x""#,
                #""event":"quantity-changed","lineId":"1","quantity":5"#, #""event":"operation-applied""#,
            ] {
                #expect(text.contains(part), "\(part) in \(text)")
            }
        }
    }

    /// A cart with these events after its creation.
    private static func stored(by strategy: PersistenceStrategy, _ events: [CartEvent] = []) throws
        -> StoredContent
    {
        let layout = try StoredCartFixture.layout(strategy, every: 100)
        var fixture = StoredCartFixture()
        try fixture.commit([.created(currency: nil, at: moment)], by: layout)
        if !events.isEmpty { try fixture.commit(events, by: layout) }
        return StoredContent(fixture.content, at: fixture.sequence)
    }

    @Test(arguments: [PersistenceStrategy.snapshot, .incremental, .events])
    func `a cart that was deleted or merged into another has no history any more`(
        _ strategy: PersistenceStrategy
    ) async throws {
        let handover = Handover(merge: "m", target: try CartID("t"), digest: 1, attempt: 1, basis: 0)
        let merged: [CartEvent] = [.handedOver(handover, at: moment), .handOverFinished(at: moment)]
        for (events, kind) in [([.deleted(at: moment)], "cart-deleted"), (merged, "history-erased")] {
            let past = FixedPastStore(try Self.stored(by: strategy, events))
            try await serve(past: past) { caller in
                let reply = try await caller.send(.get, "/v1/carts/c1/history")
                #expect(reply.status == 410)
                let text = String(decoding: reply.body, as: UTF8.self)
                #expect(text.contains("problem:\(kind)"), "\(text)")
            }
        }
    }

    @Test func `a change of details is shown with all that the cart has after it`() async throws {
        var (note, email) = (DetailsChange(), DetailsChange())
        note.note = .set("ring twice")
        email.email = .set("kim@example.org")
        let content = try Self.stored(
            by: .events,
            [.detailsPatched(note, at: moment), .detailsPatched(email, at: moment)]
        )
        try await serve(past: FixedPastStore(content)) { caller in
            let reply = try await caller.send(.get, "/v1/carts/c1/history")
            let text = String(decoding: reply.body, as: UTF8.self)
            let changes = text.split(separator: "\"event\":\"details-changed\"").dropFirst()
            #expect(changes.count == 2)
            #expect(changes.first?.contains("kim") == false)
            #expect(changes.last?.contains("ring twice") == true)
            #expect(changes.last?.contains("kim@example.org") == true)
        }
    }

    @Test func `no history is a problem that says why`() async throws {
        let expected: [(FixedPastStore, Int, String)] = [
            (FixedPastStore(nil), 404, "cart-not-found"),
            (FixedPastStore(try Self.stored(by: .snapshot)), 404, "history-not-kept"),
            (FixedPastStore(StoredContent([], at: SequenceNumber(1))), 500, "unreadable"),
            (FixedPastStore(.unreadable("torn")), 500, "unreadable"),
            (FixedPastStore(.unsent("away")), 503, "store-unavailable"),
        ]
        for (past, status, kind) in expected {
            try await serve(past: past) { caller in
                let reply = try await caller.send(.get, "/v1/carts/c1/history")
                #expect(reply.status == status)
                #expect(String(decoding: reply.body, as: UTF8.self).contains("problem:\(kind)"))
            }
        }
        try await serve { caller in
            let post = try await caller.send(.post, "/v1/carts/c1/history", body: "{}")
            #expect(post.status == 405)
            let deeper = try await caller.send(.get, "/v1/carts/c1/history/x")
            #expect(deeper.status == 404)
            let noID = try await caller.send(.get, "/v1/carts/a%7Bb/history")
            #expect(noID.status == 400)
        }
    }
}
