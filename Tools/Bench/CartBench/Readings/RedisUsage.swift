import ActorRuntime
import Cart
import RedisClient

/// The resources that a Redis server has used since its start.
struct RedisUsage: Sendable {
    /// Bytes received from clients, including the protocol's.
    let received: Double
    /// Bytes sent to clients.
    let sent: Double
    /// Processor time of the thread that executes commands, in seconds.
    let processor: Double
    /// Size of the append-only file in bytes; 0 if there is none.
    let appended: Double

    init(of client: RedisClient) async throws {
        var values: [Substring: Substring] = [:]
        for section in ["stats", "cpu", "persistence"] {
            let text = try await client.send("INFO", [.string(section)]).string
            for line in text.split(whereSeparator: \.isNewline) {
                guard let colon = line.firstIndex(of: ":") else { continue }
                values[line[..<colon]] = line[line.index(after: colon)...]
            }
        }
        func number(_ name: Substring) -> Double { values[name].flatMap { Double($0) } ?? 0 }
        received = number("total_net_input_bytes")
        sent = number("total_net_output_bytes")
        processor = number("used_cpu_user_main_thread") + number("used_cpu_sys_main_thread")
        appended = number("aof_current_size")
    }
}

extension BenchNode {
    /// Memory of one cart's key in Redis, in bytes, including its overhead.
    func storedBytes(_ number: Int) async throws -> Double {
        let key = "\(plan.cluster):{\(Fixtures.id(number))}"
        let usage = try await redis.send("MEMORY", ["USAGE", .string(key), "SAMPLES", "0"])
        return Double(try usage.integer)
    }
}
