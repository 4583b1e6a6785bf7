import Foundation
import LogOutput
import NodeConfiguration

/// The cart node's process: reads its settings, then builds and runs the node.
@main
enum CartNode {
    static func main() async {
        StandardStreams.fillGaps()
        ProcessSignals.ignoreBrokenPipes()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let environment = ProcessInfo.processInfo.environment
        var log: NodeLogHandler.Shared?
        do {
            var generator = SystemRandomNumberGenerator()
            let invocation = try Invocation(
                arguments: arguments,
                environment: environment,
                machine: ProcessInfo.processInfo.hostName,
                generator: &generator
            )
            switch invocation {
            case .print(let text): print(text, terminator: "")
            case .inspect(let id, let settings):
                print(try await InspectCommand.text(of: id, settings), terminator: "")
            case .examine(let request):
                let (text, exitCode) = try await DoctorCommand.output(request)
                print(text, terminator: "")
                // `exit` flushes what was printed.
                exit(exitCode)
            case .console(let command, let settings):
                exit(try await command.run(settings, environment))
            case .run(let settings):
                let nodeLog = NodeLogHandler.Shared(
                    to: FileHandle.standardError.fileDescriptor,
                    as: settings.logFormat,
                    node: settings.nodeName,
                    namesActors: settings.logsCartIDs
                )
                log = nodeLog
                try await Node.run(settings, nodeLog)
                nodeLog.close()
            }
        } catch {
            log?.close()
            let end = ExitStatus(error)
            let format = log?.format ?? LogFormat(requestedBy: arguments, environment)
            do {
                try FileHandle.standardError.write(contentsOf: Data(end.line(as: format, of: log?.node)))
            } catch {
                // Nobody reads it. The exit code says the rest.
            }
            exit(end.code)
        }
    }
}
