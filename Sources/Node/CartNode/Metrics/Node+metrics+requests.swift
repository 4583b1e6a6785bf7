import CartApplication
import CartGRPC
import CartHTTP
import MetricReadings

// The sources of metrics that concern what clients ask for.

extension Node {
    /// Requests over HTTP: one for each event loop, which answers on its own.
    func requestCollector(_ number: Int) -> MetricCollector {
        typealias Its = NodeMetrics.Requests
        let counters = requestCounters
        return MetricCollector(of: Its.ofHTTP) { answer in
            counters.ask(number) { counts in
                var readings = Readings()
                for count in counts {
                    let (route, verb) = (count.route.template, count.verb.name)
                    let (status, kind) = ("\(count.status)", "\(count.status / 100)xx")
                    readings.add(count.durations.count, to: Its.http, route, verb, status)
                    readings.add(count.durations, to: Its.httpDurations, route, verb, kind)
                }
                answer(readings)
            }
        }
    }

    /// Calls over gRPC.
    var callCollector: MetricCollector {
        typealias Its = NodeMetrics.Requests
        let calls = callCounts
        return MetricCollector(of: Its.ofGRPC) { readings in
            // There from the beginning, so that the first call is seen as an increase.
            readings.add(DurationHistogram(), to: Its.addItem)
            readings.add(DurationHistogram(), to: Its.getCart)
            for count in calls.all {
                readings.add(count.calls, to: Its.calls, count.method, count.code)
                // One zero is enough for a method.
                guard !count.isStream, count.calls > 0 || count.code == "OK" else { continue }
                readings.add(count.durations, to: Its.callDurations, count.method)
                switch count.method {
                case "oteldemo.CartService/AddItem": readings.add(count.durations, to: Its.addItem)
                case "oteldemo.CartService/GetCart": readings.add(count.durations, to: Its.getCart)
                default: break
                }
            }
        }
    }

    /// What became of requests, whatever protocol they came by.
    var outcomeCollector: MetricCollector {
        typealias Its = NodeMetrics.Requests
        let outcomes = outcomes
        return MetricCollector(of: Its.ofOutcomes) { readings in
            for kind in RefusalKind.allCases {
                readings.add(outcomes.refusals(kind), to: Its.refusals, kind.rawValue)
            }
            readings.add(outcomes.replays, to: Its.replays)
            for step in OutcomeCounts.MergeStep.allCases {
                for result in OutcomeCounts.MergeResult.allCases {
                    let count = outcomes.merges(step, result)
                    readings.add(count, to: Its.merges, step.rawValue, result.rawValue)
                }
            }
        }
    }
}
