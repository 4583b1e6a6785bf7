import AsyncHTTPClient
import CartWorkload
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension AttemptResult {
    /// The result that a response reports. A response that breaks the protocol is a flaw, and settles nothing
    /// unless its outcome is clear.
    init(_ response: HTTPClientResponse, _ body: ByteBuffer, to operation: WorkloadOperation) {
        let status = response.status.code
        do {
            if (200..<300).contains(status) {
                self = try AttemptResult(success: response, body, to: operation)
            } else {
                self = AttemptResult(problem: try body.decoded(as: ProblemDocument.self), status)
            }
        } catch {
            self.init(.unknown("unreadable answer"))
            flaw = "\(status): \(error): \(String(buffer: body).prefix(200))"
        }
        owner = response.headers.first(name: "Cart-Node")
        if let seconds = response.headers.first(name: "Retry-After").flatMap({ UInt16($0) }) {
            retryAfter = .seconds(Int64(seconds))
        } else if status >= 500 {
            flaw = flaw ?? "\(status) without Retry-After"
        }
    }

    private init(
        success response: HTTPClientResponse,
        _ body: ByteBuffer,
        to operation: WorkloadOperation
    ) throws {
        // A deletion shows no cart.
        let observation = response.status == .noContent ? nil : try CartObservation(json: body)
        self.init(.done(observation))
        isReplay = response.headers.first(name: "Idempotency-Replayed") == "true"
        guard let version = response.headers.first(name: "Idempotency-Version") else {
            if isReplay { flaw = "a replay without Idempotency-Version" }
            return
        }
        committedAt = UInt64(version)
        if committedAt == nil { flaw = "Idempotency-Version: \(version)" }
        if isReplay, operation.key == nil { flaw = "a replay of a request that has no key" }
        if !isReplay, let observation, committedAt != observation.version {
            flaw = "Idempotency-Version \(version) of a change that led to version \(observation.version)"
        }
    }

    private init(problem: ProblemDocument, _ status: UInt) {
        let text = "\(status) \(problem.kind)"
        switch problem.outcome {
        case "unknown":
            self.init(.unknown(text))
        case "not-applied":
            self.init(.notApplied(text))
        case .some(let other):
            self.init(.unknown(text))
            flaw = "\(text) with outcome \(other)"
        case nil where status >= 500:
            self.init(.unknown(text))
            flaw = "\(text) without outcome"
        case nil:
            self.init(
                refusal: problem.kind,
                text,
                merge: problem.mergePointer,
                actual: problem.actual.flatMap { UInt64($0.trimmingEntityTag) },
                concernsSource: problem.field == "/from"
            )
        }
    }

    /// The result of an attempt without a response. Only a request whose connection was never established is
    /// known not to have been sent.
    init(_ error: any Error) {
        switch error {
        case is NIOConnectionError:
            self.init(unreached: "no connection")
        case let error as HTTPClientError:
            self.init(error)
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            // A connection that carried anything does not end like this.
            self.init(unreached: "no connection")
        case let error as IOError:
            self.init(.unknown("errno \(error.errnoCode)"))
        case is ChannelError:
            self.init(.unknown("connection closed"))
        case is CancellationError:
            self.init(.unknown("given up"))
        default:
            self.init(.unknown("\(type(of: error))"))
        }
    }

    private init(unreached why: String) {
        self.init(.notApplied(why))
        isUnreached = true
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout: self.init(unreached: "connect timeout")
        case .getConnectionFromPoolTimeout: self.init(.notApplied("no connection free in time"))
        case .remoteConnectionClosed: self.init(.unknown("connection closed"))
        case .deadlineExceeded, .readTimeout: self.init(.unknown("no answer in time"))
        case .cancelled: self.init(.unknown("given up"))
        default: self.init(.unknown("\(error)"))
        }
    }
}
