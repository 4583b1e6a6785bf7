import Foundation
import NodeConfiguration

/// The cart node's process: reads its settings, then builds and runs the node.
@main
enum CartNode {
    static func main() async {
        ProcessSignals.ignoreBrokenPipes()
        do {
            var generator = SystemRandomNumberGenerator()
            let invocation = try Invocation(
                arguments: Array(CommandLine.arguments.dropFirst()),
                environment: ProcessInfo.processInfo.environment,
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
            case .run(let settings): try await Node.run(settings)
            }
        } catch {
            let end = ExitStatus(error)
            do {
                try FileHandle.standardError.write(contentsOf: Data("cart-node: \(end.line)\n".utf8))
            } catch {
                // Nobody reads it. The exit code says the rest.
            }
            exit(end.code)
        }
    }
}
