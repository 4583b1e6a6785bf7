import Foundation
import LibraryTracing
import LogEvents
import LogOutput
import Logging
import RequestTracing
import Testing

/// The trace in the lines of the log.
@Suite struct TraceMetadataTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private let span = "b7ad6b7169203331"

    @Test(arguments: ["00", "01"])
    func `a task within a trace names it, recorded or not`(_ flags: String) async throws {
        let context = try #require(TraceContext(parent: "00-\(trace)-\(span)-\(flags)"))
        let named = await withTrace(context) { Logger.MetadataProvider.traces.get() }
        #expect(named == ["trace_id": "\(trace)", "span_id": "\(span)"])
        #expect(Logger.MetadataProvider.traces.get().isEmpty)
    }

    @Test func `a line within a trace names it, and no line outside does`() async throws {
        let context = try #require(TraceContext(parent: "00-\(trace)-\(span)-01"))
        let pipe = Pipe()
        let log = NodeLogHandler.Shared(
            to: pipe.fileHandleForWriting.fileDescriptor,
            as: .json,
            node: "n-1",
            namesActors: false
        )
        let logger = Logger(label: "test", factory: { _ in NodeLogHandler(log, metadataProvider: .traces) })
        logger.event(.redisFit)
        await withTrace(context) {
            logger.event(.redisConnected)
            logger.info("the words of a library")
            logger.event(.redisDisconnected, ["trace_id": "of another request"])
        }
        logger.event(.redisFit)
        log.close()
        try pipe.fileHandleForWriting.close()
        let text = try #require(try pipe.fileHandleForReading.readToEnd())
        let lines = try text.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        }
        #expect(lines.map { $0["trace_id"] as? String } == [nil, trace, trace, "of another request", nil])
        #expect(lines.map { $0["span_id"] as? String } == [nil, span, span, span, nil])
    }
}
