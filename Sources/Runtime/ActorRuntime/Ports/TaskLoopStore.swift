package import NIOCore
package import Ownership

/// Starts work that waits, beside the loops: a host runs it in its own task group, and ends it with itself.
///
/// A function of (work): false if the host has stopped; then the work never begins.
package typealias JobStarter = @Sendable (_ job: @escaping @Sendable () async -> Void) -> Bool

/// An asynchronous store behind a partition: each step is a task of its own. For stores in memory, for
/// decorators, and for whatever is not hot.
package final class TaskLoopStore<Store: ActorStore>: LoopStore {
    package typealias Logic = Store.Logic

    private let store: Store
    private let loop: any EventLoop
    private let jobs: JobStarter
    package var answered: (StoreCaller, StoreAnswer<Logic>) -> Void = { _, _ in }

    package init(_ store: Store, on loop: any EventLoop, jobs: @escaping JobStarter) {
        self.store = store
        self.loop = loop
        self.jobs = jobs
    }

    package var retention: Duration { store.retention }

    package func form(at sequence: SequenceNumber) -> StoredForm { store.form(at: sequence) }

    package func perform(_ request: StoreRequest<Logic>, for id: ActorID, caller: StoreCaller) {
        let waiting = NIOLoopBound((store: self, caller: caller), eventLoop: loop)
        let began = jobs { [store, loop] in
            let answer: StoreAnswer<Logic>
            do throws(StoreFailure) {
                answer = try await store.perform(request, for: id)
            } catch {
                answer = .failed(error)
            }
            loop.execute { waiting.value.store.answered(waiting.value.caller, answer) }
        }
        // The host has stopped, or is about to, and closes what waits here.
        guard !began else { return }
        loop.execute {
            waiting.value.store.answered(waiting.value.caller, .failed(.unsent("the host stopped")))
        }
    }
}

extension ActorStore {
    package func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopStore<Logic> {
        TaskLoopStore(self, on: loop, jobs: jobs)
    }
}
