import NIOCore
import NIOPosix
import Synchronization

/// An open load of reads and changes on warm carts: they are due at a fixed rate, however long earlier ones
/// take.
struct WarmLoad: Sendable {
    let node: BenchNode
    let fixtures: Fixtures
    /// Number of warm carts, whose numbers start at 0.
    let carts: Int
    /// Reads and changes per second, together.
    let rate: Int

    private static let quantities = Mutex<Int64>(2)

    func warmUp() async throws {
        try await WorkerPool(workers: 16).work(carts) { try await node.read($0, expecting: fixtures.lines) }
    }

    /// Runs the load while `body` runs, and returns when all of it is answered.
    ///
    /// A thread of its own says when a request is due, as the network's would. Latency counts from that
    /// instant.
    func run(while body: () async throws -> Void) async throws -> WarmFigures {
        let (ticks, tick) = AsyncStream.makeStream(
            of: ContinuousClock.Instant.self,
            bufferingPolicy: .bufferingOldest(1_000_000)
        )
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let interval = TimeAmount.nanoseconds(1_000_000_000 / Int64(rate))
        let beat = loops.next().scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            tick.yield(.now)
        }
        let result: Result<WarmFigures, any Error>
        do {
            result = .success(
                try await withThrowingTaskGroup(of: WarmFigures.self) { group in
                    group.addTask { try await serve(ticks) }
                    let end: Result<Void, any Error>
                    do {
                        end = .success(try await body())
                    } catch {
                        end = .failure(error)
                    }
                    beat.cancel()
                    tick.finish()
                    let figures = try await group.next() ?? WarmFigures()
                    try end.get()
                    return figures
                }
            )
        } catch {
            result = .failure(error)
        }
        try await loops.shutdownGracefully()
        return try result.get()
    }

    private func serve(_ ticks: AsyncStream<ContinuousClock.Instant>) async throws -> WarmFigures {
        try await withThrowingTaskGroup(of: (Bool, Duration).self) { group in
            var number = 0
            for await due in ticks {
                number += 1
                let isRead = number % 2 == 0
                let cart = Int.random(in: 0..<carts)
                group.addTask {
                    if isRead {
                        try await node.read(cart, expecting: fixtures.lines)
                    } else {
                        try await node.ask(cart, fixtures.setQuantity(Self.nextQuantity()))
                    }
                    return (isRead, ContinuousClock.now - due)
                }
            }
            var figures = WarmFigures()
            for try await (isRead, latency) in group {
                if isRead { figures.reads.record(latency) } else { figures.changes.record(latency) }
            }
            return figures
        }
    }

    /// A quantity that differs from all recent ones, so that each change has an effect.
    private static func nextQuantity() -> Int64 {
        quantities.withLock { quantity in
            quantity = quantity % 9_999 + 1
            return quantity
        }
    }
}

/// Latencies of the reads and changes of warm carts.
struct WarmFigures: Sendable {
    var reads = Latencies()
    var changes = Latencies()
}
