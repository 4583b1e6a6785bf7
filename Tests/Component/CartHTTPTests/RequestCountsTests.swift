import MetricReadings
import NIOCore
import Testing

@testable import CartHTTP

/// What is counted of requests.
@Suite struct RequestCountsTests {
    @Test func `each request is counted once, as the same on every lane`() async throws {
        try await LaneServers.serve { lanes in
            lanes.putCart("c")
            let requests = [
                RawRequest("GET /v1/carts/c"), RawRequest("GET /v1/carts/c"), RawRequest("HEAD /v1/carts/c"),
                RawRequest("GET /v1/carts/nobody"), RawRequest("DELETE /v1/carts/c/lines"),
                RawRequest("PUT /v1/carts/c/lines"), RawRequest("GET /v1/carts/c/order?now=1"),
                RawRequest("GET /nothing"), RawRequest("OPTIONS /v1/carts"), RawRequest("GET /carts/7/items"),
            ]
            try await lanes.compare(requests.flatMap(\.bytes) + Array("no request\r\n\r\n".utf8))
            let expected: Set = [
                "/v1/carts/{id} GET 200: 2", "/v1/carts/{id} HEAD 200: 1", "/v1/carts/{id} GET 404: 1",
                "/v1/carts/{id}/lines DELETE 200: 1", "/v1/carts/{id}/lines PUT 405: 1",
                "/v1/carts/{id}/order GET 404: 1", "other GET 404: 1", "/v1/carts OPTIONS 204: 1",
                "/carts/{customerId}/items GET 404: 1", "other other 400: 1",
            ]
            for server in lanes.all { #expect(await server.counted == expected) }
        }
    }

    @Test func `the time of a request is from its head to the end of its answer`() {
        let counts = RequestCounts()
        var meter = RequestMeter(counts)
        meter.end(at: .uptimeNanoseconds(0))
        meter.begin(.lines, .post, at: .uptimeNanoseconds(1_000))
        meter.answered(201, at: .uptimeNanoseconds(2_000))
        meter.end(at: .uptimeNanoseconds(4_000))
        meter.end(at: .uptimeNanoseconds(9_000))
        #expect(counts.series.map(\.durations.nanoseconds) == [3_000])
    }

    @Test func `a stream is counted with its beginning`() {
        let counts = RequestCounts()
        var meter = RequestMeter(counts)
        meter.begin(.stream, .get, at: .uptimeNanoseconds(0))
        meter.answered(200, at: .uptimeNanoseconds(5))
        meter.end(at: .uptimeNanoseconds(9_000_000_000))
        #expect(counts.series.map(\.status) == [200])
        #expect(counts.series.map(\.durations.nanoseconds) == [5])
    }

    @Test func `statuses of one route have series of their own`() {
        let counts = RequestCounts()
        for status: UInt in [200, 404, 200, 503, 404, 200] {
            counts.record(.cart, .get, status: status, took: .nanoseconds(1))
            counts.record(.cart, .put, status: status, took: .nanoseconds(1))
        }
        for verb in [HTTPVerb.get, .put] {
            let series = counts.series.filter { $0.verb == verb }
            #expect(series.map(\.status) == [200, 404, 503])
            #expect(series.map(\.durations.count) == [3, 2, 1])
        }
    }

    @Test func `every route has a template of its own`() {
        #expect(Set(HTTPRoute.allCases.map(\.template)).count == HTTPRoute.allCases.count)
        #expect(HTTPVerb.allCases.map(\.name).contains("OPTIONS"))
    }
}

extension LaneServers.Server {
    /// The requests that were counted on all loops.
    fileprivate var counted: Set<String> {
        get async {
            var found: [String: UInt64] = [:]
            for number in 0..<counters.count {
                let counts = await withCheckedContinuation { continuation in
                    counters.ask(number) { continuation.resume(returning: $0) }
                }
                for count in counts {
                    let kind = "\(count.route.template) \(count.verb.name) \(count.status)"
                    found[kind, default: 0] += count.durations.count
                }
            }
            return Set(found.map { "\($0): \($1)" })
        }
    }
}
