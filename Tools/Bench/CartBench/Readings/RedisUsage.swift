import ActorRuntime
import Cart
import RedisClient

/// What a Redis counted so far.
struct RedisUsage: Sendable {
    /// Bytes of all that clients sent, protocol and all.
    let received: Double
    /// Bytes of all that clients were answered.
    let sent: Double
    /// Processor time of the thread that serves commands, seconds.
    let processor: Double
    /// Bytes of the append-only file; 0 where there is none.
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
    /// What one cart takes in Redis, bytes, with all that belongs to its key.
    func storedBytes(_ number: Int) async throws -> Double {
        let key = "\(plan.cluster):{\(Fixtures.id(number))}"
        let usage = try await redis.send("MEMORY", ["USAGE", .string(key), "SAMPLES", "0"])
        return Double(try usage.integer)
    }
}
