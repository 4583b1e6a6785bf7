import Synchronization
import Testing

@testable import RequestTracing

@Suite struct SpanTests {
    private let time = Ticks()

    /// A wall clock and a source of ids that count.
    private final class Ticks: Sendable {
        let nanoseconds = Atomic<UInt64>(1_000)
        let ids = Atomic<UInt64>(0)

        func id() -> UInt64 { ids.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    private func recorder(_ sampler: Sampler, queue: Int = 100, batch: Int = 100) -> SpanRecorder {
        SpanRecorder(
            sampler,
            queue: SpanQueue(SpanBatcher.Limits(queue: queue, batch: batch)),
            now: { [time] in time.nanoseconds.load(ordering: .relaxed) },
            random: { [time] in time.id() }
        )
    }

    private let sampled = TraceContext(
        parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        state: "v=1",
        baggage: "b=2"
    )

    @Test func `spans of one request are a tree, with the caller as its root`() throws {
        let recorder = recorder(Sampler(.never, followsParent: true))
        let request = try #require(recorder.beginRequest(SpanTitle("request", .server), from: sampled))
        time.nanoseconds.store(2_000, ordering: .relaxed)
        let work = request.begin(SpanTitle("work", .internal, attributes: [SpanAttribute("a", text: "x")]))
        time.nanoseconds.store(3_000, ordering: .relaxed)
        work.end(.error("why"), adding: [SpanAttribute("b", number: 7)])
        request.end(name: "a better name")
        let spans = recorder.queue.withBatcher { $0.next() }
        let (inner, outer) = (try #require(spans.first), try #require(spans.last))
        #expect(spans.count == 2)
        #expect(outer.trace == sampled?.trace && inner.trace == outer.trace)
        #expect(outer.parent == sampled?.span && outer.parentIsRemote)
        #expect(inner.parent == outer.id && !inner.parentIsRemote && inner.id != outer.id)
        #expect(outer.name == "a better name" && outer.kind == .server && outer.status == .unset)
        #expect(inner.status == .error("why"))
        #expect(inner.attributes == [SpanAttribute("a", text: "x"), SpanAttribute("b", number: 7)])
        #expect(inner.start == 2_000 && inner.end == 3_000 && outer.start == 1_000)
        #expect(outer.state == "v=1")
        #expect(work.context.baggage == "b=2" && work.context.isSampled)
    }

    @Test func `a request that is not recorded is passed on without the flag`() throws {
        let recorder = recorder(Sampler(.never, followsParent: false))
        let parent = try #require(sampled)
        #expect(recorder.beginRequest(SpanTitle("request", .server), from: parent) == nil)
        #expect(recorder.beginRequest(SpanTitle("request", .server), from: nil) == nil)
        let passedOn = recorder.passedOn(parent)
        #expect(passedOn.span == parent.span && !passedOn.isSampled && passedOn.state == parent.state)
        #expect(time.ids.load(ordering: .relaxed) == 0)
    }

    @Test func `a new trace has no parent, and random bytes`() throws {
        let recorder = recorder(Sampler(.always, followsParent: true))
        let request = try #require(
            recorder.beginRequest(SpanTitle("request", .server), from: nil, baggage: "b=2")
        )
        request.end()
        let span = try #require(recorder.queue.withBatcher { $0.next() }.first)
        #expect(span.parent == nil && span.flags == [.sampled, .random])
        #expect(request.context.baggage == "b=2")
    }

    @Test func `a clock that is set back makes no span that ends before it began`() throws {
        let recorder = recorder(Sampler(.always, followsParent: true))
        let request = try #require(recorder.beginRequest(SpanTitle("request", .server), from: nil))
        time.nanoseconds.store(10, ordering: .relaxed)
        request.end()
        let span = try #require(recorder.queue.withBatcher { $0.next() }.first)
        #expect(span.start == 1_000 && span.end == 1_000)
    }
}

@Suite struct SpanBatcherTests {
    private func span(_ number: UInt64) throws -> Span {
        Span(
            trace: try #require(TraceID(high: 1, low: 1)),
            id: try #require(SpanID(number + 1)),
            parent: nil,
            parentIsRemote: false,
            flags: .sampled,
            state: "",
            name: "n",
            kind: .internal,
            start: 0,
            end: 0,
            attributes: [],
            status: .unset
        )
    }

    @Test func `spans leave in order, in batches, and those without room are counted`() throws {
        var batcher = SpanBatcher(.init(queue: 5, batch: 2))
        let full = try (0..<7).map { batcher.add(try span($0)) }
        #expect(full == [false, true, false, true, false, false, false])
        #expect(batcher.dropped == 2 && batcher.count == 5 && batcher.isFull)
        #expect(batcher.next().map(\.id.value) == [1, 2])
        #expect(batcher.next().map(\.id.value) == [3, 4])
        #expect(!batcher.isFull)
        #expect(batcher.next().map(\.id.value) == [5])
        #expect(batcher.next().isEmpty)
    }

    @Test func `nothing is kept after the end`() throws {
        var batcher = SpanBatcher(.init(queue: 5, batch: 2))
        _ = batcher.add(try span(0))
        batcher.close()
        #expect(batcher.dropped == 1 && batcher.count == 0)
        #expect(!batcher.add(try span(1)))
        #expect(batcher.dropped == 2)
    }

    @Test func `a batch is no larger than the queue`() {
        #expect(SpanBatcher.Limits(queue: 10, batch: 100).batch == 10)
    }
}
