import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import Ownership
import Testing

@testable import CartHTTP

/// `GET /v1/carts/{id}/stream`.
@Suite struct StreamTests {
    private struct Event: Equatable {
        let kind: String
        let id: String
        let data: String
    }

    private func events(_ reply: ReceivedResponse) -> [Event] {
        let blocks = String(decoding: reply.body, as: UTF8.self).split(separator: "\n\n")
        return blocks.compactMap { block in
            let lines = block.split(separator: "\n")
            guard lines.count == 3, lines[0].hasPrefix("event: "), lines[1].hasPrefix("id: "),
                lines[2].hasPrefix("data: ")
            else { return nil }
            return Event(
                kind: String(lines[0].dropFirst(7)),
                id: String(lines[1].dropFirst(4)),
                data: String(lines[2].dropFirst(6))
            )
        }
    }

    @Test func `the cart is shown at once, then each version, then its end`() async throws {
        let (backend, feed) = (InMemoryCarts(), ManualChangeFeed())
        try await serve(backend, feed: feed) { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            async let stream = caller.send(.get, "/v1/carts/c/stream")
            var arrivals = feed.arrivals.makeAsyncIterator()
            await arrivals.next()
            // The stream looks only when it is told to: nothing is skipped while each look is waited for.
            var looks = backend.looks.makeAsyncIterator()
            await looks.next()
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            feed.tell(.committed(SequenceNumber(2)))
            await looks.next()
            // Nothing new: a look that finds the same is not told.
            feed.tell(.look)
            await looks.next()
            _ = try await caller.send(.delete, "/v1/carts/c")
            feed.tell(.look)
            let reply = try await stream
            #expect(reply.status == 200)
            #expect(reply.headers[.contentType] == "text/event-stream")
            let events = events(reply)
            #expect(events.map(\.kind) == ["cart", "cart", "deleted"])
            #expect(events.map(\.id) == ["1", "2", "3"])
            #expect(events[1].data.contains("apple"))
            #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix("retry: 1000\n\n"))
        }
    }

    @Test func `who saw the newest version is not shown it again, and the stream ends with the feed`()
        async throws
    {
        let (backend, feed) = (InMemoryCarts(), ManualChangeFeed())
        try await serve(backend, feed: feed) { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            let lastEvent = try #require(HTTPField.Name("Last-Event-ID"))
            for (seen, shown) in [("1", 0), ("0", 1), ("x", 1)] {
                async let stream = caller.send(
                    .get,
                    "/v1/carts/c/stream",
                    body: nil,
                    headers: [lastEvent: seen]
                )
                var arrivals = feed.arrivals.makeAsyncIterator()
                await arrivals.next()
                feed.close()
                let reply = try await stream
                #expect(events(reply).count == shown, "after \(seen)")
            }
        }
    }

    @Test func `a client that comes to a merged cart is told so, and one that knows it stays away`()
        async throws
    {
        try await serve { caller in
            for id in ["a", "b"] { _ = try await caller.send(.put, "/v1/carts/\(id)", body: "{}") }
            let merge = try await caller.send(
                .post,
                "/v1/carts/b/merge",
                body: #"{"from":"a","mergeId":"m"}"#
            )
            #expect(merge.status == 200)
            let version = try await caller.send(.get, "/v1/carts/a").headers[.eTag]
            let lastEvent = try #require(HTTPField.Name("Last-Event-ID"))
            let seen = try #require(version).filter(\.isNumber)
            for headers in [[:], [lastEvent: "1"]] as [HTTPFields] {
                let reply = try await caller.send(.get, "/v1/carts/a/stream", body: nil, headers: headers)
                #expect(reply.status == 200)
                #expect(events(reply).map(\.kind) == ["merged"])
                #expect(events(reply).map(\.id) == [seen])
            }
            let again = try await caller.send(
                .get,
                "/v1/carts/a/stream",
                body: nil,
                headers: [lastEvent: seen]
            )
            #expect(again.status == 204 && again.body.isEmpty)
        }
    }

    @Test func `a stream that cannot be opened now ends at once, so that a browser comes again`() async throws
    {
        for isDraining in [true, false] {
            let feed = ManualChangeFeed(limit: 0)
            try await serve(draining: isDraining, feed: feed) { caller in
                _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
                let reply = try await caller.send(.get, "/v1/carts/c/stream")
                #expect(reply.status == 200)
                #expect(reply.headers[.contentType] == "text/event-stream")
                #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix("retry: 3000\n"))
                #expect(events(reply).isEmpty)
            }
        }
    }

    @Test(arguments: [
        HostFailure.Reason.storeUnavailable, .ownerUnreachable, .deadlineExceeded, .sessionLost,
    ])
    func `a cart that cannot be read now follows once it can`(reason: HostFailure.Reason) async throws {
        let (backend, feed) = (InMemoryCarts(), ManualChangeFeed())
        try await serve(backend, feed: feed) { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            backend.fail(reason)
            var looks = backend.looks.makeAsyncIterator()
            async let stream = caller.send(.get, "/v1/carts/c/stream")
            var arrivals = feed.arrivals.makeAsyncIterator()
            await arrivals.next()
            // The first read and one more have failed once they were asked for.
            while backend.asked.count < 3 { await Task.yield() }
            backend.fail(nil)
            await looks.next()
            feed.close()
            let reply = try await stream
            #expect(reply.status == 200)
            #expect(events(reply).map(\.id) == ["1"])
            #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix("retry: 1000\n\n:\n\n"))
        }
    }

    @Test func `a stream waits for its first read no longer than a browser may be kept without an answer`()
        async throws
    {
        let (backend, feed) = (InMemoryCarts(), ManualChangeFeed())
        try await serve(backend, feed: feed) { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            async let stream = caller.send(.get, "/v1/carts/c/stream")
            var arrivals = feed.arrivals.makeAsyncIterator()
            await arrivals.next()
            var looks = backend.looks.makeAsyncIterator()
            await looks.next()
            let read = try #require(backend.asked.dropFirst().first)
            #expect(read.deadline <= ContinuousClock.now + .milliseconds(500))
            feed.close()
            _ = try await stream
        }
    }

    @Test func `a stream ends where its cart turns out not to be there`() async throws {
        let (backend, feed) = (InMemoryCarts(), ManualChangeFeed())
        try await serve(backend, feed: feed) { caller in
            backend.fail(.storeUnavailable)
            async let stream = caller.send(.get, "/v1/carts/nobody/stream")
            while backend.asked.count < 2 { await Task.yield() }
            backend.fail(nil)
            let reply = try await stream
            #expect(reply.status == 200 && events(reply).isEmpty)
            #expect(try await caller.send(.get, "/v1/carts/nobody/stream").status == 404)
        }
    }

    @Test func `a stream passes proxies at once and unchanged, and HEAD tells of it`() async throws {
        let feed = ManualChangeFeed()
        try await serve(setup: .live, feed: feed) { caller in
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            async let stream = caller.send(.get, "/v1/carts/c/stream")
            var arrivals = feed.arrivals.makeAsyncIterator()
            await arrivals.next()
            feed.close()
            let head = try await caller.send(.head, "/v1/carts/c/stream")
            for reply in [try await stream, head] {
                #expect(reply.status == 200)
                #expect(reply["X-Accel-Buffering"] == "no")
                #expect(reply["Cache-Control"] == "no-store, no-transform")
                #expect(reply.headers[.contentType] == "text/event-stream")
            }
            #expect(head.body.isEmpty)
            #expect(try await caller.send(.head, "/v1/carts/nobody/stream").status == 404)
        }
    }

    @Test func `there is no stream of what is no cart`() async throws {
        let backend = InMemoryCarts()
        try await serve(backend, feed: ManualChangeFeed()) { caller in
            let unknown = try await caller.send(.get, "/v1/carts/nobody/stream")
            #expect(unknown.status == 404)
            _ = try await caller.send(.put, "/v1/carts/c", body: "{}")
            _ = try await caller.send(.delete, "/v1/carts/c")
            let deleted = try await caller.send(.get, "/v1/carts/c/stream")
            #expect(deleted.status == 410)
            let method = try await caller.send(.post, "/v1/carts/c/stream", body: "{}")
            #expect(method.status == 405)
        }
    }
}
