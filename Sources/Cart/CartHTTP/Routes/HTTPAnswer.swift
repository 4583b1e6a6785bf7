import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// An answer to a request, whichever lane takes it to the client.
///
/// `ConnectionMachine` adds what HTTP itself requires.
struct HTTPAnswer {
    let status: HTTPResponseStatus
    /// Names and values, in the order in which they are sent.
    private(set) var fields: [(String, String)]
    /// Empty where the answer has none.
    private(set) var body = ByteBuffer()
    /// False for an answer that does not tell when it was made.
    private(set) var isDated = true
    /// True for the answer to HEAD: only the length of the body is told.
    private(set) var omitsBody = false

    init(_ status: HTTPResponseStatus, _ fields: [(String, String)], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The refusal of a body that cannot be read to its end, without words, as the framework makes it.
    static var unreadable: HTTPAnswer {
        var answer = HTTPAnswer(.badRequest, [("Connection", "close")])
        answer.isDated = false
        return answer
    }

    /// The same for HEAD.
    consuming func withoutBody() -> HTTPAnswer {
        omitsBody = true
        return self
    }

    /// The header fields as the framework has them.
    var httpFields: HTTPFields { HTTPFields(HTTPHeaders(fields), splitCookie: false) }

    /// The head of the answer as the encoder takes it.
    ///
    /// - Parameter date: the time at which it is made, as `Date` has it; nil where it does not tell it.
    consuming func head(at date: String?) -> HTTPResponseHead {
        fields.append(("Content-Length", String(body.readableBytes)))
        if let date { fields.append(("Date", date)) }
        return HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
    }
}

extension Response {
    /// The answer as the framework takes it, which adds the date.
    init(_ answer: HTTPAnswer) {
        var fields = answer.httpFields
        if answer.omitsBody { fields[.contentLength] = String(answer.body.readableBytes) }
        self.init(
            status: HTTPResponse.Status(code: Int(answer.status.code)),
            headers: fields,
            body: answer.omitsBody ? ResponseBody() : ResponseBody(byteBuffer: answer.body)
        )
    }
}
