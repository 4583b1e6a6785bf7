import NIOCore
import Synchronization

/// The way into a partition from any thread. What is posted in one turn of the loop is taken in one.
final class PartitionHandle<D: Decider>: Sendable {
    /// Something for the partition's loop. A word or two, as it is copied on its way.
    enum Item: Sendable {
        case ask(AskLetter<D>)
        /// Anything else, such as an answer for somebody on this loop.
        case work(@Sendable (Partition<D>) -> Void)
    }

    private struct Inbox {
        var items: [Item] = []
        /// The number of asks among them.
        var asks = 0
    }

    let loop: any EventLoop
    private let askLimit: Int
    private let inbox = Mutex(Inbox())
    private let partition: NIOLoopBoundBox<Partition<D>?>
    let gauges = PartitionGauges()

    /// - Parameter askLimit: the most asks that may wait to be taken.
    init(on loop: any EventLoop, context: HostContext<D>, store: any ActorStore<D>, askLimit: Int) {
        self.loop = loop
        self.askLimit = askLimit
        partition = NIOLoopBoundBox.makeEmptyBox(valueType: Partition<D>.self, eventLoop: loop)
        // The partition is made on its loop. Whatever is posted comes after that.
        loop.execute {
            self.partition.value = Partition(
                on: loop,
                gauges: self.gauges,
                context: context,
                store: store.onLoop(loop, jobs: context.jobs.start),
                link: context.link.onLoop(loop, jobs: context.jobs.start)
            )
        }
    }

    /// The partition, for code that runs on its loop; nil before it was made.
    var confined: Partition<D>? { partition.value }

    /// Has the loop take an item, in the order of posting.
    ///
    /// - Returns: false, with nothing done, for an ask where too many wait.
    @discardableResult
    func post(_ item: Item) -> Bool {
        let isAsk = if case .ask = item { true } else { false }
        let isFirst: Bool? = inbox.withLock { inbox in
            if isAsk {
                guard inbox.asks < askLimit else { return nil }
                inbox.asks += 1
            }
            inbox.items.append(item)
            return inbox.items.count == 1
        }
        guard let isFirst else { return false }
        if isFirst { loop.execute { self.takeAll() } }
        return true
    }

    /// Has the loop do some work, and waits for its result.
    func call<Result: Sendable>(_ body: @escaping @Sendable (Partition<D>) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            post(.work { continuation.resume(returning: body($0)) })
        }
    }

    /// Has the loop begin some work, and waits until it says that it is done.
    func wait(_ body: @escaping @Sendable (Partition<D>, @escaping @Sendable () -> Void) -> Void) async {
        await withCheckedContinuation { continuation in
            post(.work { body($0) { continuation.resume() } })
        }
    }

    private func takeAll() {
        guard let partition = confined else { preconditionFailure("a partition is made before it is asked") }
        let items = inbox.withLock { inbox in
            inbox.asks = 0
            return exchange(&inbox.items, with: [])
        }
        for item in items {
            switch item {
            case .ask(let letter): partition.take(Ask(letter))
            case .work(let body): body(partition)
            }
        }
    }
}

/// A partition's numbers, for any thread to read. The partition alone writes them.
final class PartitionGauges: Sendable {
    /// The number of live actors.
    let live = Atomic<Int>(0)
    /// The number of those that have work under way.
    let busy = Atomic<Int>(0)
    /// The number of actors that were handed over to the node that asked for them, since the start.
    let handOvers = Atomic<Int>(0)
}
