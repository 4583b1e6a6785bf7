package import NIOCore

/// A link that suspends its callers: for links in memory, and for whatever is not hot.
package protocol AsyncLink: Link {
    /// Asks the session that is thought to own an actor.
    ///
    /// - Parameter address: `host:port` as the peer's entry names it.
    func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse
}

extension AsyncLink {
    package func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopLink {
        TaskLoopLink(self, on: loop, jobs: jobs)
    }
}

/// An asynchronous link behind a partition: each request is a task of its own.
package final class TaskLoopLink: LoopLink {
    private let link: any AsyncLink
    private let loop: any EventLoop
    private let jobs: JobStarter
    package var answered: (LinkCaller, Result<LinkResponse, LinkFailure>) -> Void = { _, _ in }

    package init(_ link: any AsyncLink, on loop: any EventLoop, jobs: @escaping JobStarter) {
        self.link = link
        self.loop = loop
        self.jobs = jobs
    }

    package func ask(_ request: LinkRequest, at address: String, caller: LinkCaller) {
        let waiting = NIOLoopBound((link: self, caller: caller), eventLoop: loop)
        let began = jobs { [link, loop] in
            let result: Result<LinkResponse, LinkFailure>
            do throws(LinkFailure) {
                result = .success(try await link.ask(request, at: address))
            } catch {
                result = .failure(error)
            }
            loop.execute { waiting.value.link.answered(waiting.value.caller, result) }
        }
        guard !began else { return }
        loop.execute {
            waiting.value.link.answered(waiting.value.caller, .failure(.unsent("the host stopped")))
        }
    }
}
