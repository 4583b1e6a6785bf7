import Doctor
import NIOPosix
import NodeConfiguration
import RedisActorStore
import RedisClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An examination of Redis, the cluster and the settings for an operator.
///
/// It only reads, so it is safe on a cluster at work.
enum DoctorCommand {
    /// The report as text or JSON, and the exit status.
    static func output(_ request: DoctorRequest) async throws -> (text: String, exitCode: Int32) {
        let report = try await report(request)
        return (request.isJSON ? report.json : terminal.text(of: report), report.exitCode)
    }

    private static func report(_ request: DoctorRequest) async throws -> Report {
        let settings = request.settings
        guard let cluster = ClusterName(settings.cluster.name) else {
            throw BadSetting(
                "cluster-name",
                problem: "not fit for a key in Redis (got \"\(settings.cluster.name)\")"
            )
        }
        let loops = MultiThreadedEventLoopGroup.singleton
        let own = loops.makeIterator().reduce(0) { count, _ in count + 1 }
        let node = NodeFacts.here(
            settings,
            refusal: request.refusal,
            loops: settings.host.eventLoops > 0 ? settings.host.eventLoops : own
        )
        do throws(EmbeddedRedisFailure) {
            return await Examination(
                of: node,
                at: try server(settings),
                cluster: cluster,
                on: loops.next(),
                extent: .full
            ).report()
        } catch {
            var facts = Facts(node: node)
            facts.unreachable = Unreachability(.file, reason: "\(error)")
            return Report(redis: settings.redisAddress, cluster: cluster.rawValue, facts: facts)
        }
    }

    private static func server(_ settings: NodeSettings) throws(EmbeddedRedisFailure) -> RedisConfiguration {
        let configuration =
            switch settings.redis.server {
            case .url(let shared): shared
            case .embedded: try EmbeddedRedis.running(in: settings.dataFolder)
            }
        return settings.redis.settled(configuration)
    }

    /// The text's form: coloured on a terminal only, and not where `NO_COLOR` is set (no-color.org).
    private static var terminal: ReportText {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return ReportText(width: columns ?? standardWidth, isColoured: isTerminal && !isPlain)
    }

    private static let standardWidth = 100
    /// Longer lines are hard to read.
    private static let widthLimit = 120

    /// The columns of the terminal; nil if the output goes elsewhere.
    private static var columns: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return min(Int(size.ws_col), widthLimit)
    }
}
