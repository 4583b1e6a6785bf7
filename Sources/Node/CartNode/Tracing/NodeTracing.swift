import ActorRuntime
import CartHTTP
import Crypto
import LibraryTracing
import LogEvents
import Logging
import NIOCore
import NodeConfiguration
import OTLPExport
import RedisClient
import RequestTracing
import ServiceLifecycle
import Tracing

/// The recording and the export of requests. A node that exports nothing has none, and records nothing.
struct NodeTracing {
    let recorder: SpanRecorder
    let exporter: TraceExporter

    /// - Parameters:
    ///   - traces: what the environment says.
    ///   - group: carries the connections to the collector.
    /// - Returns: nil where nothing is exported.
    init?(
        _ traces: TraceSettings,
        of settings: NodeSettings,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        for warning in traces.warnings { logger.event(.traceSettingIgnored, ["warning": "\(warning)"]) }
        guard let endpoint = traces.endpoint else { return nil }
        let queue = SpanQueue(traces.limits)
        do {
            exporter = try TraceExporter(
                traces,
                to: endpoint,
                queue: queue,
                identity: ProcessIdentity(traces, node: settings.nodeName, version: NodeVersion.current),
                group: group,
                logger: logger
            )
        } catch {
            logger.event(.tracesWithoutAuthorities, ["cause": "\(error)"])
            return nil
        }
        recorder = SpanRecorder(
            traces.sampler,
            queue: queue,
            now: { DefaultTracerClock.now.nanosecondsSinceEpoch },
            pseudonym: Self.pseudonym(under: settings.traceKey)
        )
        logger.event(.tracesExported, ["collector": "\(endpoint)"])
    }

    /// Half of an HMAC-SHA256: whoever does not have the key can neither tell the id nor try ids.
    private static func pseudonym(under key: Secret) -> (@Sendable (String) -> String)? {
        guard !key.revealed.isEmpty else { return nil }
        let symmetric = SymmetricKey(data: Array(key.revealed.utf8))
        return { id in
            let code = HMAC<SHA256>.authenticationCode(for: Array(id.utf8), using: symmetric)
            return code.prefix(16).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }
            .joined()
        }
    }

    /// What a host records of its exchanges with Redis.
    func host(on redis: RedisConfiguration) -> HostTracing {
        var store = [RequestTracing.SpanAttribute("db.system.name", text: "redis")]
        switch redis.address {
        case .tcp(let host, let port):
            store += [
                RequestTracing.SpanAttribute("server.address", text: host),
                RequestTracing.SpanAttribute("server.port", number: port),
            ]
        case .unix(let path):
            store.append(RequestTracing.SpanAttribute("server.address", text: path))
        case .sentinels(let group):
            // The address changes, and the attributes of a process do not.
            store.append(RequestTracing.SpanAttribute("server.address", text: group.primary))
        case .cluster(let seeds):
            let hosts = Set(seeds.addresses.map(\.host)).sorted().joined(separator: ",")
            store.append(RequestTracing.SpanAttribute("server.address", text: hosts))
        }
        return HostTracing(recorder, store: store)
    }

    func port(_ endpoint: Endpoint) -> HTTPTracing {
        HTTPTracing(recorder, host: endpoint.host, port: endpoint.port)
    }
}

/// Exports spans as long as anything else runs; then exports what waits, within a bound.
struct TraceExportService: Service {
    /// The longest time that the process stays for a collector.
    private static let flushLimit: Duration = .seconds(2)

    let exporter: TraceExporter

    func run() async {
        await withGracefulShutdownHandler {
            await exporter.run(flushLimit: Self.flushLimit)
        } onGracefulShutdown: {
            exporter.stop()
        }
    }
}
