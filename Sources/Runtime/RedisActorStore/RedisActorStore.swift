package import ActorRuntime
package import Ownership
package import RedisClient

/// Stores actors in Redis 7.0 or later: one hash per actor, `<cluster>:{<id>}`, and one script per operation.
///
/// The scripts implement the ownership protocol. The file of each documents its keys, arguments and answers.
package struct RedisActorStore<Logic: Decider>: ActorStore {
    package let retention: Duration
    let client: RedisClient
    let keys: RedisKeys
    let layout: any StateLayout<Logic>
    private let commitScript: RedisScript
    private let reductionScript: RedisScript
    private let lifetime: @Sendable (Logic.State) -> Duration?
    private let leastLifetime: Duration

    /// - Parameters:
    ///   - client: run by the caller.
    ///   - retention: the time after its last touch at which an actor expires; a millisecond to a century.
    ///   - lifetime: the same for an actor in this state; nil for `retention`.
    ///   - leastLifetime: the least that `lifetime` is. An actor that another node gave less gets this when it
    ///     is claimed.
    package init(
        client: RedisClient,
        cluster: ClusterName = .standard,
        layout: any StateLayout<Logic>,
        retention: Duration = .seconds(30 * 86_400),
        lifetime: @escaping @Sendable (Logic.State) -> Duration? = { _ in nil },
        leastLifetime: Duration = .zero
    ) {
        self.client = client
        self.keys = RedisKeys(cluster: cluster)
        self.layout = layout
        self.retention = retention
        let database = client.configuration.database
        self.commitScript = CommitScript.script(database: database, retention: retention)
        self.reductionScript = CommitScript.reduction(database: database, retention: retention)
        self.lifetime = lifetime
        self.leastLifetime = leastLifetime
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { layout.form(at: sequence) }

    package func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        let answer = try await ask(
            ClaimScript.script(for: terms.mode),
            withoutMemory: terms.mode == .create ? ClaimScript.take : nil,
            about: id,
            keys: [keys.actor(id), keys.nodes],
            ClaimScript.arguments(terms, retention: Retention(usual: retention, least: leastLifetime))
        )
        let claim = try ClaimScript.claim(answer, of: id, by: layout)
        if terms.mode == .create, claim.answer == .absent {
            throw .refused("actor \(id): Redis is out of memory (OOM), and does not have it yet")
        }
        return claim
    }

    package func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult {
        let written = try encoding(id) { () throws(CodecFailure) in try layout.write(change) }
        try checkSize(written.content, of: id)
        let answer = try await ask(
            commitScript,
            withoutMemory: change.isReduction ? reductionScript : nil,
            about: id,
            keys: [keys.actor(id)],
            CommitScript.arguments(
                owner: owner,
                version: version,
                next: change.sequence,
                commit: commit,
                content: written.content,
                life: lifetime(change.after),
                extendsLife: change.extendsLife
            )
        )
        return CommitResult(try CommitScript.answer(answer), leaves: written.form)
    }

    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        let answer = try await ask(
            ResolveScript.script,
            about: id,
            keys: [keys.actor(id)],
            ResolveScript.arguments(owner: owner, version: version, commit: commit)
        )
        return try ResolveScript.answer(answer)
    }

    package func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        let answer = try await ask(
            VerifyScript.script,
            about: id,
            keys: [keys.actor(id), keys.nodes],
            VerifyScript.arguments(
                owner: owner,
                version: version,
                generation: generation,
                retention: Retention(usual: retention)
            )
        )
        return try VerifyScript.answer(answer)
    }

    package func ownership(
        of ids: [ActorID],
        generation: Generation
    ) async throws(StoreFailure) -> OwnershipAnswer {
        let read = OwnershipRead(of: ids, in: keys, generation: generation)
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await client.send(read.pipeline)
        } catch {
            throw StoreFailure(error, about: "the owners of \(ids.count) actors", isRead: true)
        }
        return try read.answer(replies)
    }

    package func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        let content = try wholeContent(of: id, in: state, at: version)
        let answer = try await ask(
            RepublishScript.script,
            about: id,
            keys: [keys.actor(id), keys.nodes],
            RepublishScript.arguments(
                owner: owner,
                version: version,
                terms: terms,
                content: content,
                retention: retention(of: state)
            )
        )
        return try RepublishScript.answer(answer)
    }

    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version
    ) async throws(StoreFailure) -> ReleaseAnswer {
        let answer = try await ask(
            ReleaseScript.script,
            about: id,
            keys: [keys.actor(id)],
            ReleaseScript.arguments(owner: owner, version: version, retention: Retention(usual: retention))
        )
        return try ReleaseScript.answer(answer)
    }

    package func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let content = try wholeContent(of: id, in: state, at: version)
        let answer = try await ask(
            SurrenderScript.script,
            about: id,
            keys: [keys.actor(id), keys.nodes],
            SurrenderScript.arguments(
                owner: owner,
                version: version,
                generation: generation,
                content: content,
                retention: retention(of: state)
            )
        )
        return try SurrenderScript.answer(answer)
    }
}

extension RedisActorStore {
    /// - Parameter spare: the script that is asked with the same arguments if Redis refuses this one for want
    ///   of memory.
    private func ask(
        _ script: RedisScript,
        withoutMemory spare: @autoclosure () -> RedisScript? = nil,
        about id: ActorID,
        keys: [String],
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        try await client.ask(
            script,
            withoutMemory: spare(),
            about: "\(script.name) of actor \(id)",
            keys: keys,
            arguments
        )
    }

    private func retention(of state: Logic.State) -> Retention {
        Retention(usual: retention, own: lifetime(state))
    }

    /// The content of a record at this version; empty before the first commit.
    private func wholeContent(
        of id: ActorID,
        in state: Logic.State,
        at version: Version
    ) throws(StoreFailure) -> [ContentField] {
        guard version.sequence > .zero else { return [] }
        let content = try encoding(id) { () throws(CodecFailure) in
            try layout.content(of: state, at: version.sequence)
        }
        try checkSize(ContentChange(set: content), of: id)
        return content
    }

    private func encoding<Content>(
        _ id: ActorID,
        _ encode: () throws(CodecFailure) -> Content
    ) throws(StoreFailure) -> Content {
        do throws(CodecFailure) {
            return try encode()
        } catch {
            throw .refused("actor \(id): its state cannot be encoded: \(error.reason)")
        }
    }

    private func checkSize(_ content: ContentChange, of id: ActorID) throws(StoreFailure) {
        guard content.set.count + content.delete.count <= ContentChange.fieldLimit else {
            throw .refused("actor \(id): a change has more than \(ContentChange.fieldLimit) fields")
        }
    }
}

extension RedisClient {
    /// Runs a script and parses its answer.
    ///
    /// - Parameters:
    ///   - spare: the script that is asked with the same arguments if Redis refuses this one for want of
    ///     memory.
    ///   - subject: the script and its actor or key, for messages.
    func ask(
        _ script: RedisScript,
        withoutMemory spare: @autoclosure () -> RedisScript? = nil,
        about subject: @autoclosure () -> String,
        keys: [String],
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        let reply: RedisValue
        do throws(RedisError) {
            reply = try await call(script, keys: keys, arguments: arguments)
        } catch {
            if case .server(let refusal) = error, refusal.code == "OOM", let spare = spare() {
                return try await ask(spare, about: subject(), keys: keys, arguments)
            }
            throw StoreFailure(error, about: subject(), isRead: script.onlyReads)
        }
        return try ScriptAnswer(reply, about: subject())
    }
}
