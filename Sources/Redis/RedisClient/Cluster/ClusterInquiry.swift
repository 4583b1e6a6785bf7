internal import Logging
internal import NIOCore
internal import Timing

/// One question to a node of a Redis Cluster: what it knows of the others. It has a connection of its own, which ends
/// with it: a process asks seldom.
struct ClusterInquiry: Sendable {
    /// What a node says.
    struct Answer: Sendable {
        var word: ClusterNodes
        var addresses: ClusterSlots
        /// The address at which it was asked.
        var asked: ServerAddress
    }

    let place: ClusterNodeTarget
    /// As `RedisConfiguration.forInquiry`.
    let configuration: RedisConfiguration
    let eventLoop: any EventLoop

    func answer() async -> Result<Answer, ClusterSilence> {
        let client = RedisClient(
            configuration: configuration,
            node: place,
            router: nil,
            eventLoop: eventLoop,
            // The topology says once what all of them would say each.
            logger: Logger(label: "cluster", factory: { _ in SwiftLogNoOpLogHandler() }),
            logThrottle: LogThrottle(interval: .seconds(10)),
            jitter: { 0 }
        )
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await client.run()
                } catch {
                    // The client's state tells why.
                }
            }
            defer { group.cancelAll() }
            return await answer(of: client)
        }
    }

    private func answer(of client: RedisClient) async -> Result<Answer, ClusterSilence> {
        for await state in client.states() {
            switch state {
            case .connected: return await ask(client)
            case .disconnected(RedisClient.unconnected): continue
            case .disconnected(let reason): return .failure(ClusterSilence(reason))
            }
        }
        return .failure(ClusterSilence("the client was shut down"))
    }

    private func ask(_ client: RedisClient) async -> Result<Answer, ClusterSilence> {
        var question = RedisPipeline()
        question.append("CLUSTER", ["NODES"])
        question.append("CLUSTER", ["SLOTS"])
        do throws(RedisError) {
            let replies = try await client.send(question)
            guard replies.count == 2 else { return .failure(ClusterSilence("no reply")) }
            let (text, addresses) = (try replies[0].string, try ClusterSlots(replies[1]))
            do throws(ClusterSilence) {
                return .success(
                    Answer(word: try ClusterNodes(text: text), addresses: addresses, asked: place.address)
                )
            } catch {
                return .failure(error)
            }
        } catch {
            return .failure(ClusterSilence("\(error)"))
        }
    }
}
