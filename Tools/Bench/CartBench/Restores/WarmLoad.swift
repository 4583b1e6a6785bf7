import NIOCore
import NIOPosix
import Synchronization

/// Reads and changes of warm carts that are due at a fixed rate, however long the former take.
struct WarmLoad: Sendable {
    let node: BenchNode
    let fixtures: Fixtures
    /// The carts of the numbers below are warm.
    let carts: Int
    /// In a second, reads and changes together.
    let rate: Int

    private static let quantities = Mutex<Int64>(2)

    func warmUp() async throws {
        try await WorkerPool(workers: 16).work(carts) { try await node.look($0, for: fixtures.lines) }
    }

    /// Puts the load on while `body` runs, and returns when all of it was answered.
    ///
    /// A thread of its own says when something is due, as a network's would; from there each latency counts.
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
                        try await node.look(cart, for: fixtures.lines)
                    } else {
                        try await node.ask(cart, fixtures.quantity(Self.nextQuantity()))
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

    /// Another than the last for a long while, so that each change is one.
    private static func nextQuantity() -> Int64 {
        quantities.withLock { quantity in
            quantity = quantity % 9_999 + 1
            return quantity
        }
    }
}

/// How long reads and changes of warm carts took.
struct WarmFigures: Sendable {
    var reads = Latencies()
    var changes = Latencies()
}
