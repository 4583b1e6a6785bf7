import OTLPProtocol
import RequestTracing
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension OTLPExportTraceServiceRequest {
    /// - Parameters:
    ///   - spans: a batch.
    ///   - resource: what the process is.
    ///   - version: the build that recorded them.
    init(_ spans: [Span], of resource: [SpanAttribute], version: String) {
        self = .with {
            $0.resourceSpans = [
                .with {
                    $0.resource.attributes = resource.map(OTLPKeyValue.init)
                    $0.scopeSpans = [
                        .with {
                            $0.scope.name = "cart-node"
                            $0.scope.version = version
                            $0.spans = spans.map(OTLPSpan.init)
                        }
                    ]
                }
            ]
        }
    }
}

extension OTLPSpan {
    init(_ span: Span) {
        self.init()
        traceID = Data(span.trace.bytes)
        spanID = Data(span.id.bytes)
        traceState = span.state
        if let parent = span.parent { parentSpanID = Data(parent.bytes) }
        name = span.name
        kind =
            switch span.kind {
            case .internal: .internal
            case .server: .server
            case .client: .client
            }
        startTimeUnixNano = span.start
        endTimeUnixNano = span.end
        attributes = span.attributes.map(OTLPKeyValue.init)
        flags = UInt32(span.flags.rawValue) | 0x100 | (span.parentIsRemote ? 0x200 : 0)
        if case .error(let why) = span.status {
            status.code = .error
            status.message = why
        }
    }
}

extension OTLPKeyValue {
    init(_ attribute: SpanAttribute) {
        self.init()
        key = attribute.name
        switch attribute.value {
        case .text(let text): value.stringValue = text
        case .number(let number): value.intValue = number
        case .decimal(let number): value.doubleValue = number
        case .flag(let flag): value.boolValue = flag
        }
    }
}
