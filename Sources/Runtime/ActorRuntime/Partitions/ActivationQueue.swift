import DequeModule

/// Work on many activations of one partition, a bounded number at a time.
final class ActivationQueue<D: Decider> {
    /// Something that an activation does, and then says that it is done.
    typealias Work = (_ activation: Activation<D>, _ done: @escaping () -> Void) -> Void

    private struct Item {
        let activation: Activation<D>
        let work: Work
    }

    private let limit: Int
    private var waiting: Deque<Item> = []
    private var running = 0
    private var isStarting = false

    init(limit: Int) {
        self.limit = limit
    }

    /// The number of activations that wait or are worked on.
    var count: Int { waiting.count + running }

    /// Has the work done on each of the activations, after all that came before.
    func enqueue(_ activations: [Activation<D>], _ work: @escaping Work) {
        for activation in activations { waiting.append(Item(activation: activation, work: work)) }
        start()
    }

    private func start() {
        // Work that is done at once says so while it is begun here.
        guard !isStarting else { return }
        isStarting = true
        defer { isStarting = false }
        while running < limit, let next = waiting.popFirst() {
            running += 1
            next.work(next.activation) {
                self.running -= 1
                self.start()
            }
        }
    }
}

extension Partition {
    /// Has work done on each of the activations, a bounded number at a time, and then calls `done`.
    func forEach(
        _ activations: [Activation<D>],
        _ work: @escaping ActivationQueue<D>.Work,
        done: @escaping () -> Void
    ) {
        guard !activations.isEmpty else { return done() }
        var left = activations.count
        ActivationQueue<D>(limit: sweepShare).enqueue(activations) { activation, isDone in
            work(activation) {
                isDone()
                left -= 1
                if left == 0 { done() }
            }
        }
    }
}
