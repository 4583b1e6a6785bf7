package import MetricReadings
package import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The requests of all connections on one event loop, counted: plain numbers, confined to the loop.
final class RequestCounts {
    /// Requests that are alike.
    struct Series: Sendable {
        let route: HTTPRoute
        let verb: HTTPVerb
        let status: UInt
        /// By the time from the request's head to the end of its answer.
        var durations = DurationHistogram()
        /// The place of the next series of the same route and method; -1 for none.
        let next: Int
    }

    /// The number of methods. A constant, where `allCases` is an array made anew.
    private static var verbs: Int { HTTPVerb.other.rawValue + 1 }

    /// The place of the series that came last, by route and method; -1 for none. Few have more than three.
    private var newest = Array(repeating: -1, count: HTTPRoute.allCases.count * verbs)
    private(set) var series: [Series] = []

    func record(_ route: HTTPRoute, _ verb: HTTPVerb, status: UInt, took time: TimeAmount) {
        let kind = route.rawValue * Self.verbs + verb.rawValue
        var place = newest[kind]
        while place >= 0, series[place].status != status { place = series[place].next }
        if place < 0 {
            place = series.count
            series.append(Series(route: route, verb: verb, status: status, next: newest[kind]))
            newest[kind] = place
        }
        series[place].durations.record(nanoseconds: time.nanoseconds)
    }
}

/// The request of one connection that is under way, with the time at which it came. Confined to its loop.
struct RequestMeter {
    private let counts: RequestCounts
    private var current: (route: HTTPRoute, verb: HTTPVerb, began: NIODeadline)?
    private var status: UInt = 0

    init(_ counts: RequestCounts) { self.counts = counts }

    mutating func begin(_ route: HTTPRoute, _ verb: HTTPVerb, at now: NIODeadline) {
        current = (route, verb, now)
    }

    /// The head of its answer is written. A stream counts as answered with that: its length says nothing.
    mutating func answered(_ status: UInt, at now: @autoclosure () -> NIODeadline) {
        self.status = status
        if case .stream? = current?.route { end(at: now()) }
    }

    /// Its answer is written to its end.
    mutating func end(at now: @autoclosure () -> NIODeadline) {
        guard let (route, verb, began) = current else { return }
        current = nil
        counts.record(route, verb, status: status, took: now() - began)
    }
}

/// The counts of a port's requests, on each event loop its own.
package final class RequestCounters: Sendable {
    /// Requests that are alike, on one event loop.
    package struct Count: Sendable {
        package let route: HTTPRoute
        package let verb: HTTPVerb
        package let status: UInt
        /// By the time from the request's head to the end of its answer.
        package let durations: DurationHistogram
    }

    private let loops: [(loop: any EventLoop, counts: NIOLoopBoundBox<RequestCounts>)]

    /// - Parameter loops: those of all connections.
    package init(on loops: [any EventLoop]) {
        self.loops = loops.map { ($0, .makeBoxSendingValue(RequestCounts(), eventLoop: $0)) }
    }

    /// The number of loops.
    package var count: Int { loops.count }

    /// Has a loop tell its counts, on the loop.
    package func ask(_ number: Int, _ answer: @escaping @Sendable ([Count]) -> Void) {
        let (loop, counts) = loops[number]
        loop.execute {
            answer(
                counts.value.series.map {
                    Count(route: $0.route, verb: $0.verb, status: $0.status, durations: $0.durations)
                }
            )
        }
    }

    /// Those of a loop, for code on it; nil for a loop that is not one of them.
    func counts(on loop: any EventLoop) -> RequestCounts? {
        loops.first { $0.loop === loop }?.counts.value
    }
}

@available(*, unavailable)
extension RequestCounts: Sendable {}
