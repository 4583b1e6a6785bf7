import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Dashboard

@Suite struct PeerReportTests {
    private let reports = PeerReports(on: MultiThreadedEventLoopGroup.singleton) { "Bearer pass for \($0)" }

    /// Asks a server on the loopback that answers so.
    ///
    /// - Parameter afterwards: called once the question is over, before the server ends.
    private func report(
        _ answer: @escaping @Sendable (Request) async -> Response,
        afterwards: @escaping @Sendable () -> Void = {}
    ) async throws -> NodeReport? {
        let router = Router()
        router.get("/snapshot") { request, _ in await answer(request) }
        let application = Application(router: router, logger: Logger(label: "test"))
        return try await application.test(.live) { client in
            defer { afterwards() }
            return await reports.report(at: "127.0.0.1:\(try #require(client.port))")
        }
    }

    private func response(_ body: ByteBuffer) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: body))
    }

    @Test func `a node is asked with what is for its address, and its report is read`() async throws {
        let told = NodeReport(node: nodeSnapshot("n2"), events: [])
        let body = try #require(EventStreamText.json(told))
        let found = try await report { request in
            guard let authority = request.head.authority,
                request.headers[.authorization] == "Bearer pass for \(authority)"
            else {
                return Response(status: .unauthorized)
            }
            return response(body)
        }
        #expect(found == told)
    }

    @Test func `what is no report counts as no answer`() async throws {
        #expect(try await report { _ in response(ByteBuffer(string: "{}")) } == nil)
        #expect(try await report { _ in Response(status: .serviceUnavailable) } == nil)
        let flood = ByteBuffer(repeating: UInt8(ascii: " "), count: PeerReports.answerLimit + 1)
        #expect(try await report { _ in response(flood) } == nil)
    }

    @Test func `a node that does not answer in time is left out`() async throws {
        let (stream, end) = AsyncStream.makeStream(of: Never.self)
        let began = ContinuousClock.now
        let found = try await report { _ in
            // Until the asking side has had enough.
            for await _ in stream {}
            return Response(status: .ok)
        } afterwards: {
            end.finish()
        }
        #expect(found == nil)
        #expect(ContinuousClock.now - began >= answerPatience)
    }

    @Test(arguments: ["", "nowhere", "127.0.0.1:0", "127.0.0.1:1"])
    func `an address that nobody answers at is no node`(_ address: String) async {
        #expect(await reports.report(at: address) == nil)
    }
}
