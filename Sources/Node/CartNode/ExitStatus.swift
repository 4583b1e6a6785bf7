import LogEvents
import LogOutput
import NIOCore
import NodeConfiguration
import OperatorConsole
import PeerTransport
import RedisActorStore
import RedisClient

/// The end of a process that could not go on: one line for a person and an exit code of `sysexits.h`.
struct ExitStatus {
    let line: String
    let code: Int32

    init(_ error: any Error) {
        switch error {
        case let setting as BadSetting:
            self.init("\(setting)", BadSetting.exitCode)
        case let folder as DataFolderFailure:
            self.init("\(folder)", folder.exitCode)
        case let redis as EmbeddedRedisFailure:
            self.init("\(redis)", redis.exitCode)
        case let refusal as UnfitRedis:
            self.init("\(refusal)", Self.unavailable)
        case let server as UnsupportedRedisServer:
            self.init("redis-url: \(server)", Self.unavailable)
        case let file as RedisFileError:
            self.init("redis-url: \(file)", BadSetting.exitCode)
        case let failure as InspectCommand.Failure:
            self.init("\(failure)", failure.exitCode)
        case let failure as ConsoleFailure:
            self.init("\(failure)", failure.exitCode)
        case let taken as IOError:
            self.init("cannot listen on a port: \(taken)", Self.unavailable)
        default:
            self.init("\(error)", Self.software)
        }
    }

    /// The line in the form of the node's log, or for a person. Also a process that could not read its settings
    /// ends with a line that programs can read, if it was asked for one.
    func line(as format: LogFormat, of node: String?) -> [UInt8] {
        switch format {
        case .text: return Array("cart-node: \(line)\n".utf8)
        case .json:
            let event = LoggedEvent.nodeFailed
            var details: [String: LogRecord.Field.Value] = [
                "cause": .text(line), "exitCode": .number("\(code)"),
            ]
            details["node"] = node.map { .text($0) }
            let record = LogRecord(of: event, details: details)
            return format.line(of: record)
        }
    }

    private init(_ line: String, _ code: Int32) {
        self.line = line
        self.code = code
    }

    /// `EX_UNAVAILABLE`: something that the node needs is missing or unfit.
    private static var unavailable: Int32 { 69 }
    /// `EX_SOFTWARE`: none of the known reasons.
    private static var software: Int32 { 70 }
}
