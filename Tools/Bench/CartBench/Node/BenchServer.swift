import ArgumentParser
import ServerTesting

/// The Redis that is measured.
struct BenchServer: ParsableArguments {
    enum Append: String, ExpressibleByArgument, CaseIterable {
        case none, everysec, always
    }

    @Option(help: "Whether and how Redis writes its append-only file.")
    var append = Append.none

    /// Runs `body` with a fresh server, and ends it afterwards.
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
