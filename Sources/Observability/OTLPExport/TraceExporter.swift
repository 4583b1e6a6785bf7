import LogEvents
package import Logging
import MetricReadings
package import NIOCore
import OTLPProtocol
package import RequestTracing
import SwiftProtobuf
import Synchronization
import Timing

/// Sends finished spans to a collector, batch by batch (OTLP over HTTP, with Protocol Buffers).
///
/// Nobody waits for it: spans for which there is no room, or which no collector takes in time, are counted and
/// dropped.
package final class TraceExporter: Sendable {
    private let client: OTLPClient
    private let queue: SpanQueue
    private let settings: TraceSettings
    private let identity: ProcessIdentity
    private let group: any EventLoopGroup
    private let logger: Logger
    private let logThrottle = LogThrottle(interval: .seconds(60))
    private let state = Mutex(ExportCounts())
    private let stopped = AsyncStream.makeStream(of: Never.self)

    /// - Parameters:
    ///   - settings: with an endpoint.
    ///   - queue: where the spans come from.
    ///   - group: carries the connections.
    /// - Throws: `ConfigurationError` where the collector's authorities cannot be used.
    package init(
        _ settings: TraceSettings,
        to endpoint: OTLPEndpoint,
        queue: SpanQueue,
        identity: ProcessIdentity,
        group: any EventLoopGroup,
        logger: Logger
    ) throws {
        self.settings = settings
        self.queue = queue
        self.identity = identity
        self.group = group
        self.logger = logger
        do {
            client = try OTLPClient(
                endpoint,
                headers: settings.headers,
                agent: "OTel-OTLP-Exporter-cart-node/\(identity.version)",
                authorities: settings.authorities
            )
        } catch {
            throw ConfigurationError(reason: "\(error)")
        }
    }

    package struct ConfigurationError: Error, CustomStringConvertible {
        let reason: String

        package var description: String { "the collector's authorities cannot be used: \(reason)" }
    }

    package var counts: ExportCounts { state.withLock { $0 } }

    /// The number of spans that no collector has, for a reason.
    package func lost(_ loss: ExportCounts.Loss) -> UInt64 {
        switch loss {
        case .queueFull: queue.withBatcher { $0.dropped }
        case .failed: state.withLock { $0.failed }
        case .rejected: state.withLock { $0.rejected }
        }
    }

    /// The number of spans that wait.
    package var waiting: Int { queue.withBatcher { $0.count } }

    /// Exports until `stop` is called or the task is cancelled.
    ///
    /// - Parameter flushLimit: the longest time after `stop` for what still waits.
    package func run(flushLimit: Duration) async {
        let rest = await withTaskGroup(of: [Span].self) { group in
            group.addTask { await self.exportUntilCancelled() }
            group.addTask {
                await self.wakeUpNowAndThen()
                return []
            }
            for await _ in stopped.stream {}
            group.cancelAll()
            var rest: [Span] = []
            for await unsent in group { rest += unsent }
            return rest
        }
        if !Task.isCancelled { await flush(rest, within: flushLimit) }
        queue.withBatcher { $0.close() }
    }

    /// Has `run` export what waits, and return.
    package func stop() { stopped.continuation.finish() }

    private func wakeUpNowAndThen() async {
        do {
            while true {
                try await Task.sleep(for: settings.delay)
                queue.wakeUp()
            }
        } catch {
            // The exporter stops.
        }
    }

    /// - Returns: the spans of the batch that was under way.
    private func exportUntilCancelled() async -> [Span] {
        for await _ in queue.wakeUps {
            repeat {
                let batch = queue.withBatcher { $0.next() }
                if !batch.isEmpty, await export(batch, within: settings.exportTimeout) == .interrupted {
                    return batch
                }
            } while queue.withBatcher({ $0.isFull })
        }
        return []
    }

    private func flush(_ rest: [Span], within limit: Duration) async {
        let end = ContinuousClock.now + limit
        var batch = rest
        repeat {
            if batch.isEmpty { batch = queue.withBatcher { $0.next() } }
            guard !batch.isEmpty else { return }
            if await export(batch, within: ContinuousClock.now.duration(to: end)) == .interrupted {
                dropped(batch.count, "the node stops", after: .zero)
            }
            batch = []
        } while ContinuousClock.now < end
    }

    private enum End {
        case done
        /// The task was cancelled before the batch was delivered.
        case interrupted
    }

    private func export(_ batch: [Span], within limit: Duration) async -> End {
        let (clock, began) = (ContinuousClock(), ContinuousClock.now)
        var machine = ExportMachine(limit: limit)
        do {
            let message = try message(batch)
            while true {
                let left = max(limit - (clock.now - began), .milliseconds(1))
                let (outcome, partial) = await attempt(message, within: min(settings.requestTimeout, left))
                let elapsed = clock.now - began
                switch machine.decide(outcome, elapsed: elapsed, draw: .random(in: 0...1)) {
                case .delivered:
                    delivered(batch.count, partial, after: elapsed)
                    return .done
                case .retry(let pause):
                    try await Task.sleep(for: pause)
                case .drop where Task.isCancelled:
                    return .interrupted
                case .drop(let why):
                    dropped(batch.count, why, after: elapsed)
                    return .done
                }
            }
        } catch is CancellationError {
            return .interrupted
        } catch {
            dropped(batch.count, "\(error)", after: clock.now - began)
            return .done
        }
    }

    private func message(_ batch: [Span]) throws -> ByteBuffer {
        let request = OTLPExportTraceServiceRequest(batch, of: identity.resource, version: identity.version)
        let bytes: [UInt8] = try request.serializedBytes()
        return ByteBuffer(bytes: bytes)
    }

    private func attempt(
        _ message: ByteBuffer,
        within timeout: Duration
    ) async -> (ExportMachine.Outcome, OTLPExportTracePartialSuccess?) {
        do {
            let response = try await client.send(message, within: timeout, on: group)
            return (
                .answered(status: response.status, retryAfter: response.retryAfter), response.partialSuccess
            )
        } catch {
            return (.failed("\(error)"), nil)
        }
    }

    private func delivered(
        _ spans: Int,
        _ partial: OTLPExportTracePartialSuccess?,
        after time: Duration
    ) {
        let rejected = UInt64(min(max(0, partial?.rejectedSpans ?? 0), Int64(spans)))
        state.withLock {
            $0.exported += UInt64(spans) - rejected
            $0.rejected += rejected
            $0.delivered.record(time)
        }
        if rejected > 0 {
            let why = partial?.errorMessage ?? ""
            logger.event(.spansRefused, limitedBy: logThrottle, key: "refused", details(why))
        }
    }

    private func dropped(_ spans: Int, _ why: String, after time: Duration) {
        state.withLock {
            $0.failed += UInt64(spans)
            $0.givenUp.record(time)
        }
        logger.event(.spansLost, limitedBy: logThrottle, key: "lost", details(why))
    }

    /// The collector is named, and what it said, shortened.
    private func details(_ why: String) -> Logger.Metadata {
        ["collector": "\(client.endpoint)", "cause": "\(why.prefix(200))"]
    }
}
