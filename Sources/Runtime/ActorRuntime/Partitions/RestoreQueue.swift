import DequeModule

/// The places for restores of one partition, given out first come, first served: as many as the store answers
/// without making them wait for each other.
final class RestoreQueue<D: Decider> {
    private var window: RestoreWindow
    private var waiting: Deque<Activation<D>> = []
    private var taken = 0
    private var isStarting = false

    /// - Parameter ceiling: the most restores at once.
    init(ceiling: Int) {
        window = RestoreWindow(ceiling: ceiling)
    }

    /// Has the activation go on with its restore once there is a place.
    func enqueue(_ activation: Activation<D>) {
        waiting.append(activation)
        start()
    }

    /// True if restores wait for a place.
    var isCongested: Bool { !waiting.isEmpty }

    var counts: (waiting: Int, underWay: Int, window: Int) { (waiting.count, taken, window.size) }

    /// Takes a place back.
    func release() {
        taken -= 1
        start()
    }

    /// The store has answered a claim after so long a time.
    func answered(after time: Duration) {
        window.answered(after: time, isFull: taken >= window.size)
    }

    /// Nobody is restored any more.
    func close() {
        waiting = []
    }

    private func start() {
        // A restore that ends at once leaves its place while it is begun here.
        guard !isStarting else { return }
        isStarting = true
        defer { isStarting = false }
        while taken < window.size, let next = waiting.popFirst() {
            taken += 1
            next.restore()
        }
    }
}
