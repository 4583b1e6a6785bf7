import MetricReadings
import NIOCore
import NIOHTTP1
import NIOPosix
import OTLPProtocol
import RequestTracing
import SwiftProtobuf
import Synchronization
import Testing

@testable import OTLPExport

@Suite(.timeLimit(.minutes(1))) struct TraceExporterTests {
    @Test func `a span arrives as it is, with what the process is`() async throws {
        let collector = Collector()
        try await collector.serve { port in
            let pipeline = try Pipeline(
                port: port,
                variables: [
                    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=s%3Decret", "OTEL_SERVICE_NAME": "carts",
                    "OTEL_RESOURCE_ATTRIBUTES": "zone=a",
                ]
            )
            try await pipeline.run {
                let request = try #require(
                    pipeline.recorder.beginRequest(
                        SpanTitle("GET /x", .server, attributes: [SpanAttribute("n", number: 7)]),
                        from: TraceContext(
                            parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
                            state: "v=1"
                        )
                    )
                )
                request.end(.error("why"), adding: [SpanAttribute("f", .flag(true))], at: 2_000)
                _ = await collector.stream.first { _ in true }
            }
        }
        let received = try #require(collector.requests.first)
        #expect(received.head.uri == "/v1/traces" && received.head.method == .POST)
        #expect(received.head.headers["content-type"] == ["application/x-protobuf"])
        #expect(received.head.headers["api-key"] == ["s=ecret"])
        let message = try OTLPExportTraceServiceRequest(serializedBytes: received.body)
        let resource = try #require(message.resourceSpans.first).resource.attributes
        #expect(resource.first { $0.key == "service.name" }?.value.stringValue == "carts")
        #expect(resource.first { $0.key == "zone" }?.value.stringValue == "a")
        let span = try #require(try received.spans.first)
        #expect(span.traceID.count == 16 && span.traceID.first == 0x0a)
        #expect(Array(span.parentSpanID) == [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31])
        #expect(span.kind == .server && span.name == "GET /x" && span.traceState == "v=1")
        #expect(span.startTimeUnixNano == 1_000 && span.endTimeUnixNano == 2_000)
        #expect(span.flags == 0x303)
        #expect(span.status.code == .error && span.status.message == "why")
        #expect(span.attributes.map(\.key) == ["n", "f"])
        #expect(span.attributes[0].value.intValue == 7 && span.attributes[1].value.boolValue)
    }

    @Test func `a full batch does not wait for its time`() async throws {
        let collector = Collector()
        try await collector.serve { port in
            let pipeline = try Pipeline(
                port: port,
                variables: [
                    "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10",
                ]
            )
            try await pipeline.run {
                pipeline.record(10)
                let first = await collector.stream.first { _ in true }
                let spans = try #require(first).spans
                #expect(spans.count == 10)
            }
            #expect(pipeline.exporter.counts.exported == 10)
        }
    }

    @Test func `a batch is sent again, as it is, while the collector is busy`() async throws {
        let collector = Collector { number in
            number < 3
                ? Collector.Answer(status: .tooManyRequests, headers: ["Retry-After": "0"])
                : Collector.Answer()
        }
        try await collector.serve { port in
            let pipeline = try Pipeline(port: port)
            await pipeline.run {
                pipeline.record(2)
                await pipeline.until { $0.counts.exported == 2 }
            }
            #expect(pipeline.exporter.counts.exported == 2)
            #expect(pipeline.exporter.lost(.failed) == 0)
            #expect(pipeline.exporter.counts.batches(.delivered).count == 1)
        }
        #expect(Set(collector.requests.map(\.body)).count == 1 && collector.requests.count == 3)
    }

    @Test func `what a collector refuses is counted, and the next batch is sent`() async throws {
        let rejection = OTLPExportTraceServiceResponse.with {
            $0.partialSuccess.rejectedSpans = 1
            $0.partialSuccess.errorMessage = "no"
        }
        let body: [UInt8] = try rejection.serializedBytes()
        let collector = Collector { number in
            number == 1 ? Collector.Answer(status: .badRequest) : Collector.Answer(body: body)
        }
        try await collector.serve { port in
            let pipeline = try Pipeline(port: port)
            await pipeline.run {
                pipeline.record(3)
                await pipeline.until { $0.lost(.failed) == 3 }
                pipeline.record(2)
                await pipeline.until { $0.counts.exported > 0 }
            }
            #expect(pipeline.exporter.lost(.failed) == 3)
            #expect(pipeline.exporter.lost(.rejected) == 1)
            #expect(pipeline.exporter.counts.exported == 1)
            #expect(pipeline.exporter.counts.batches(.failed).count == 1)
        }
    }

    @Test func `a collector that hangs holds nothing up, and what finds no room is counted`() async throws {
        let collector = Collector { _ in nil }
        try await collector.serve { port in
            let pipeline = try Pipeline(
                port: port,
                variables: ["OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5"]
            )
            let began = ContinuousClock.now
            await pipeline.run(flushLimit: .milliseconds(100)) {
                pipeline.record(5)
                _ = await collector.stream.first { _ in true }
                pipeline.record(20)
                #expect(pipeline.exporter.waiting == 10)
                #expect(pipeline.exporter.lost(.queueFull) == 10)
            }
            // The batch under way and the flush's first are given up; the rest is dropped.
            #expect(ContinuousClock.now - began < .seconds(5))
            let exporter = pipeline.exporter
            #expect(exporter.counts.exported == 0)
            #expect(exporter.lost(.failed) + exporter.lost(.queueFull) == 25)
            pipeline.record()
            #expect(exporter.lost(.failed) + exporter.lost(.queueFull) == 26)
        }
    }

    @Test func `what waits is exported at the end, also without a timer`() async throws {
        let collector = Collector()
        try await collector.serve { port in
            let pipeline = try Pipeline(
                port: port,
                variables: [
                    "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_BSP_MAX_QUEUE_SIZE": "100",
                    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "40",
                ]
            )
            pipeline.record(35)
            await pipeline.run {}
            #expect(pipeline.exporter.counts.exported == 35)
        }
    }

    @Test func `a collector that is not there costs only spans`() async throws {
        let closed = try await Collector().serve { $0 }
        let pipeline = try Pipeline(port: closed, variables: ["OTEL_BSP_EXPORT_TIMEOUT": "1"])
        await pipeline.run(flushLimit: .milliseconds(50)) { pipeline.record(3) }
        #expect(pipeline.exporter.counts.exported == 0)
        #expect(pipeline.exporter.lost(.failed) + pipeline.exporter.lost(.queueFull) == 3)
    }
}
