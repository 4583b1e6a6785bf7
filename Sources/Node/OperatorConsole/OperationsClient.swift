internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Asks operations ports of nodes: one request on a connection of its own.
package struct OperationsClient: Sendable {
    /// The longest time that a node may take to answer.
    static let patience: Duration = .seconds(2)
    /// The largest answer that is read, bytes.
    static let answerLimit = 1 << 20

    private let token: String
    private let named: String
    private let pass: @Sendable (_ address: String) -> String?

    /// - Parameters:
    ///   - token: that of operators; empty for none.
    ///   - address: the one that the operator named. It alone gets the token.
    ///   - pass: what reads the port at an address that a node tells; nil for nothing. Whoever can write to Redis
    ///     may have chosen that address.
    package init(
        token: String,
        for address: String,
        pass: @escaping @Sendable (_ address: String) -> String?
    ) {
        self.token = token
        self.pass = pass
        named = address
    }

    /// An answer of a node.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    /// What a node answers to a `GET`.
    ///
    /// - Parameter patience: the longest time that it may take, whole seconds.
    func get(
        _ path: String,
        at address: String,
        patience: Duration = Self.patience
    ) async throws(ConsoleFailure) -> Answer {
        guard let (host, port) = Self.parts(of: address) else { throw .badAddress(address) }
        let authorization = authorization(at: address)
        let outcome = await withTaskGroup(of: Result<Answer, ConsoleFailure>.self) { tasks in
            tasks.addTask {
                do {
                    return .success(try await exchange(path, at: (host, port), showing: authorization))
                } catch {
                    return .failure(.noAnswer(address, because: Self.describe(error)))
                }
            }
            tasks.addTask {
                do {
                    try await ContinuousClock().sleep(for: patience)
                } catch {
                    // The answer came first.
                }
                return .failure(
                    .noAnswer(address, because: "none within \(patience.components.seconds) s")
                )
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? .failure(.noAnswer(address, because: "nobody asked"))
        }
        let answer = try outcome.get()
        switch answer.status {
        case 401, 403: throw .refused(address, because: Self.detail(in: answer.body) ?? "\(answer.status)")
        case _: return answer
        }
    }

    /// The `detail` of a problem, which is one line of text.
    static func detail(in body: [UInt8]) -> String? {
        struct Problem: Decodable { let detail: String }
        do {
            return try JSONDecoder().decode(Problem.self, from: Data(body)).detail
        } catch {
            return nil
        }
    }

    /// `host:port`, with an IPv6 address in brackets.
    static func parts(of address: String) -> (host: String, port: Int)? {
        guard let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...]),
            port > 0
        else { return nil }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), Int(port))
    }

    /// The `Authorization` field for the port at an address; nil for none.
    func authorization(at address: String) -> String? {
        let secret = address == named ? (token.isEmpty ? nil : token) : pass(address)
        return secret.map { "Bearer \($0)" }
    }

    private static func describe(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first?.error as? IOError { return describe(failure) }
            if error.dnsAError != nil || error.dnsAAAAError != nil { return "no such host" }
            return "it cannot be reached"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case is ChannelError: return "it cannot be reached in time"
        case _: return "\(error)"
        }
    }

    private func exchange(
        _ path: String,
        at address: (host: String, port: Int),
        showing authorization: String?
    ) async throws -> Answer {
        let (host, port) = address
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(1))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let named = host.contains(":") ? "[\(host)]" : host
            var headers: HTTPHeaders = ["Host": "\(named):\(port)", "Connection": "close"]
            if let authorization { headers.add(name: "Authorization", value: authorization) }
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
            try await outbound.write(.head(head))
            try await outbound.write(.end(nil))
            var (status, body) = (0, [UInt8]())
            for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let bytes):
                    body += bytes.readableBytesView
                    guard body.count <= Self.answerLimit else { throw ConsoleFailure.tooLong }
                case .end: return Answer(status: status, body: body)
                }
            }
            throw ChannelError.eof
        }
    }
}
