import ArgumentParser
import ServerTesting

/// The Redis server of a measurement.
struct BenchServer: ParsableArguments {
    enum Append: String, ExpressibleByArgument, CaseIterable {
        case none, everysec, always
    }

    @Option(help: "Append-only file of Redis: none, everysec or always.")
    var append = Append.none

    /// Runs `body` with a fresh server and stops the server afterwards.
    func with<Value>(_ body: (RedisServerFixture) async throws -> Value) async throws -> Value {
        var options = RedisServerFixture.Options()
        switch append {
        case .none: break
        case .everysec: options.append = .everysec
        case .always: options.append = .always
        }
        return try await RedisServerFixture.with(options, body)
    }
}
