package import RequestTracing

/// The recording of what a host does for recorded requests. A host that records nothing has none.
package final class HostTracing: Sendable {
    let recorder: SpanRecorder
    /// What every exchange with the store has in common.
    private let store: [SpanAttribute]

    /// - Parameter store: the attributes of exchanges with the store: its kind and its address.
    package init(_ recorder: SpanRecorder, store: [SpanAttribute]) {
        self.recorder = recorder
        self.store = store
    }

    static let command = SpanTitle("actor command", .internal)
    static let restore = SpanTitle("restore", .internal)

    func exchange(_ name: String, batchSize: Int) -> SpanTitle {
        let attributes = [
            SpanAttribute("db.operation.name", text: name),
            SpanAttribute("actor.batch_size", number: batchSize),
        ]
        return SpanTitle(name, .client, attributes: store + attributes)
    }

    static func wait(_ reason: HostFailure.Reason) -> SpanTitle {
        SpanTitle(
            reason == .ownerUnreachable ? "takeover wait" : "wait",
            .internal,
            attributes: [SpanAttribute("actor.wait.reason", text: reason.rawValue)]
        )
    }

    /// - Parameter address: `host:port` of the node that is asked.
    func hop(to address: String) -> SpanTitle {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        var attributes =
            Self.linkAttributes + [SpanAttribute("server.address", text: String(address[..<colon]))]
        if let port = Int(address[colon...].dropFirst()) {
            attributes.append(SpanAttribute("server.port", number: port))
        }
        return SpanTitle(Self.linkName, .client, attributes: attributes)
    }

    /// Begins the span of another node's request, if it is recorded here.
    ///
    /// - Returns: the context for what is done for it, and the span.
    func begin(_ trace: TraceContext) -> (TraceContext, ActiveSpan?) {
        let title = SpanTitle(Self.linkName, .server, attributes: Self.linkAttributes)
        let span = recorder.beginRequest(title, from: trace)
        return (span?.context ?? recorder.passedOn(trace), span)
    }

    private static let linkName = "link ask"
    private static let linkAttributes = [
        SpanAttribute("rpc.system", text: "cart-link"), SpanAttribute("rpc.method", text: "ask"),
    ]

    /// The attributes that name an actor, if they may.
    func identity(of id: ActorID) -> [SpanAttribute] {
        recorder.pseudonym.map { [SpanAttribute("actor.id_hash", text: $0(id.rawValue))] } ?? []
    }
}

extension HostContext {
    /// The trace of another node's request as this node goes on with it, and the span that it records.
    func traced(_ trace: TraceContext?) -> (TraceContext?, ActiveSpan?) {
        guard let trace, let tracing else { return (trace, nil) }
        return tracing.begin(trace)
    }
}

extension Span.Status {
    /// A failure of a command. Its detail stays in the log, as it may name ids and addresses.
    static func failed(_ failure: HostFailure) -> Span.Status { .error(failure.reason.rawValue) }
}

extension SpanAttribute {
    static func errorType(_ type: String) -> SpanAttribute { SpanAttribute("error.type", text: type) }
}
