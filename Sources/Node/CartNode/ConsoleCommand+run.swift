import Foundation
import NodeConfiguration
import OperatorConsole
import RedisClient

extension ConsoleCommand {
    /// Runs the command and returns its exit code.
    func run(_ settings: NodeSettings, _ environment: [String: String]) async throws -> Int32 {
        let token = settings.opsToken.revealed
        let passes = ReadPasses(token: token)
        let client = OperationsClient(token: token, for: address) { passes?.pass(at: $0) }
        switch name {
        case .status:
            let command = StatusCommand(client, address: address, asJSON: asJSON)
            if watches {
                await command.watch(on: { .output(environment) }) { Self.write($0) }
                return 0
            }
            let (text, exitCode) = try await command.text(on: .output(environment))
            return Self.write(text) ? exitCode : Self.nobodyReads
        case .whereabouts:
            let (text, exitCode) = try await WhereCommand(client, address: address, asJSON: asJSON).text(
                of: id
            )
            return Self.write(text) ? exitCode : Self.nobodyReads
        }
    }

    /// `EX_IOERR`.
    private static var nobodyReads: Int32 { 74 }

    /// Writes to stdout at once.
    ///
    /// - Returns: false if nobody reads it.
    private static func write(_ text: String) -> Bool {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
            return true
        } catch {
            return false
        }
    }
}
