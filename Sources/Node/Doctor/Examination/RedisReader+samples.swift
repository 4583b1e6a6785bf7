internal import RedisActorStore
internal import RedisClient

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension RedisReader {
    /// The number of questions for Redis's time; the quickest answer counts.
    private static let clockQuestions = 5

    /// The most time for that, however rare the heartbeats of nodes are.
    private static let sampleLimit: Duration = .seconds(10)

    /// Sends commands like a heartbeat, spread over the extent's time.
    ///
    /// - Returns: the membership as the first and the last of them show it, and the durations, the shortest first.
    func heartbeats(
        _ extent: Examination.Extent
    ) async throws(RedisError) -> (cluster: ClusterFacts, latencies: [Duration]) {
        let clock = ContinuousClock()
        let count = max(2, extent.heartbeats)
        // A live session must have had the time for a heartbeat.
        let time = max(extent.time, min(heartbeatInterval * 3, Self.sampleLimit))
        let began = clock.now
        let first = try await survey.membership()
        // The first one may have loaded the script.
        var (last, lastAt, latencies) = (first, clock.now, [Duration]())
        for number in 1...count {
            do {
                try await clock.sleep(until: began + time * number / count)
            } catch {
                break  // The examination was cancelled: what was read so far counts.
            }
            let sentAt = clock.now
            last = try await survey.membership()
            lastAt = clock.now
            latencies.append(lastAt - sentAt)
        }
        return (ClusterFacts(first: first, last: last, pause: lastAt - began), latencies.sorted())
    }

    /// Redis's clock against this machine's, from the quickest of some answers.
    func clockReading() async throws(RedisError) -> ClockReading {
        let clock = ContinuousClock()
        var best: ClockReading?
        for _ in 0..<Self.clockQuestions {
            let (sentAt, wall) = (clock.now, Date().timeIntervalSince1970)
            let time = try await client.send("TIME").array
            let half = (clock.now - sentAt) / 2
            guard time.count == 2 else { throw .protocolViolation("TIME answered \(time.count) values") }
            let (seconds, microseconds) = (try time[0].integer, try time[1].integer)
            guard seconds.magnitude <= 1 << 53, microseconds.magnitude <= 1 << 53 else {
                throw .protocolViolation("TIME answered an impossible time")
            }
            let shown = Duration.seconds(seconds) + .microseconds(microseconds)
            let reading = ClockReading(ahead: shown - .seconds(wall) - half, uncertainty: half)
            if best.map({ reading.uncertainty < $0.uncertainty }) ?? true { best = reading }
        }
        guard let best else { throw .protocolViolation("TIME was not asked") }
        return best
    }

    /// The number of keys that Redis looks at for one answer of `SCAN`.
    private static let scanCount = 1_000

    /// Looks at the types of the cluster's keys, within the limits of the extent.
    func keyReading(_ extent: Examination.Extent) async throws(RedisError) -> KeyReading {
        let clock = ContinuousClock()
        let deadline = clock.now + extent.keyTime
        var (reading, cursor, seen) = (KeyReading(), "0", 0)
        repeat {
            let answer = try await client.send(
                "SCAN",
                [
                    .string(cursor), "MATCH", .string(survey.keyPattern), "COUNT",
                    .integer(Int64(Self.scanCount)),
                ]
            ).array
            guard answer.count == 2 else { throw .protocolViolation("SCAN answered \(answer.count) values") }
            cursor = try answer[0].string
            seen += Self.scanCount
            var keys: [[UInt8]] = []
            for key in try answer[1].array { keys.append(try key.bytes) }
            try await take(keys, into: &reading)
            if cursor != "0", seen >= extent.keys || clock.now >= deadline || Task.isCancelled {
                reading.isComplete = false
                return reading
            }
        } while cursor != "0"
        return reading
    }

    /// Asks for the types of keys, all at once.
    private func take(_ keys: [[UInt8]], into reading: inout KeyReading) async throws(RedisError) {
        let outcomes = await withTaskGroup(of: (key: [UInt8], type: Result<String, RedisError>).self) {
            group in
            for key in keys { group.addTask { (key, await type(of: key)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (key, type) in outcomes {
            reading.count(String(decoding: key.prefix(128), as: UTF8.self), type: try type.get())
        }
    }

    private func type(of key: [UInt8]) async -> Result<String, RedisError> {
        do throws(RedisError) {
            return .success(try await client.send("TYPE", [.bytes(key)]).string)
        } catch .server(let reply) where ["MOVED", "ASK", "TRYAGAIN"].contains(reply.code) {
            // Its slot is being moved to another server.
            return .success("none")
        } catch {
            return .failure(error)
        }
    }
}
