/// Gives up all activations of a partition that were there at the beginning: a bounded number is under way at a
/// time, and a bounded number is begun in a turn of the loop. One that cannot be released does not hold up the
/// others.
final class RetirementWalk<D: Decider> {
    private let partition: Partition<D>
    /// From then on nothing is begun.
    private let deadline: ContinuousClock.Instant
    /// Called once, with the walk. Nil afterwards.
    private var done: ((RetirementWalk<D>) -> Void)?
    private var walk: ActivationTable.Walk
    /// Those that are next, the last one first.
    private var found: [Activation<D>] = []
    private var running: [ObjectIdentifier: Activation<D>] = [:]
    private var isStarting = false
    /// True while the next ones are for a later turn.
    private var isResting = false

    init(
        of partition: Partition<D>,
        until deadline: ContinuousClock.Instant,
        done: @escaping (RetirementWalk<D>) -> Void
    ) {
        self.partition = partition
        self.deadline = deadline
        self.done = done
        walk = partition.live.walk
    }

    /// Begins what may begin now.
    func goOn() {
        // Work that is done at once says so while it is begun here.
        guard !isStarting else { return }
        isStarting = true
        while running.count < partition.sweepShare, let next = takeNext() { retire(next) }
        isStarting = false
        guard running.isEmpty, found.isEmpty, isAtEnd else { return }
        done.take()?(self)
    }

    /// Lets go of those that are under way: there is no time left.
    func endWait() {
        for activation in Array(running.values) { activation.endWaitForRetirement() }
    }

    private var isAtEnd: Bool { walk.isAtEnd || partition.now >= deadline }

    private func takeNext() -> Activation<D>? {
        while found.isEmpty, !isResting, !isAtEnd {
            found = partition.next(of: &walk).reversed()
            if !walk.isAtEnd { rest() }
        }
        return found.popLast()
    }

    private func rest() {
        isResting = true
        partition.inLaterTurn {
            self.isResting = false
            self.goOn()
        }
    }

    private func retire(_ activation: Activation<D>) {
        let key = ObjectIdentifier(activation)
        running[key] = activation
        activation.retire(because: .drained, until: deadline) {
            self.running[key] = nil
            self.goOn()
        }
    }
}
