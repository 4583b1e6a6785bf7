internal import ActorRuntime
internal import CartWorkload
internal import RuntimeTesting

extension Simulation {
    /// Makes a fault happen now.
    func inject(_ fault: SimulatedFault) {
        let now = scheduler.now
        scheduler.trace.note("FAULT", at: now, "\(fault)")
        switch fault {
        case .kill(let node, let restart, let keepsFolder):
            slots[node].kill()
            scheduler.after(restart) { [slot = slots[node]] in slot.start(keepsFolder: keepsFolder) }
        case .redeploy(let node, let restart):
            slots[node].redeploy(after: restart)
        case .pause(let node, let threads, let length):
            slots[node].process?.pause(threads, until: now + length)
        case .cutRedis(let node, let cut, let carts, let heartbeats, let length):
            if carts { slots[node].carts.cut(cut, until: now + length) }
            if heartbeats { slots[node].heartbeats.cut(cut, until: now + length) }
        case .cutLink(let from, let to, let cut, let length):
            cluster.network.path(from: from, to: to).cut(cut, until: now + length)
        case .cutFront(let node, let cut, let length):
            slots[node].front.cut(cut, until: now + length)
        case .redisPause(let length):
            cluster.redis.pause()
            scheduler.after(length) { [redis = cluster.redis] in redis.resume() }
        case .redisCrash(let loss, let restart):
            cluster.redis.crash(losing: loss)
            scheduler.after(restart) { [cluster, scheduler] in
                cluster.redis.resume()
                cluster.sessions.noteTrouble(until: scheduler.now)
            }
        case .redisRefuses(let refusal, let length):
            cluster.redis.refuse(refusal, until: now + length)
        case .replicasLag(let length):
            cluster.redis.redis.withStore { $0.confirms = false }
            cluster.sessions.noteTrouble(until: now + length)
            scheduler.after(length) { [redis = cluster.redis.redis] in redis.withStore { $0.confirms = true }
            }
        case .prune:
            cluster.redis.redis.withStore { _ = $0.prune(olderThan: 0, keeping: 0, at: .max) }
        case .redisFull(let length):
            cluster.redis.setFull(true)
            scheduler.after(length) { [redis = cluster.redis] in redis.setFull(false) }
        case .redisFlush:
            cluster.redis.flush()
            cluster.sessions.noteTrouble(until: now)
        case .twoLosses(let holding, let between, let late):
            cluster.redis.flush()
            cluster.sessions.noteTrouble(until: now)
            let arrival = now + between + late
            for slot in slots {
                slot.carts.hold(.init(kinds: ["republish"], sentUntil: now + holding, arrival: arrival))
            }
            scheduler.after(between) { [cluster, scheduler] in
                cluster.redis.flush()
                cluster.sessions.noteTrouble(until: scheduler.now)
            }
        case .lossAndDeath(let node, let holding, let arrival, let restart):
            cluster.redis.flush()
            cluster.sessions.noteTrouble(until: now)
            let kinds: Set = ["republish", "surrender"]
            slots[node].carts.hold(.init(kinds: kinds, sentUntil: now + holding, arrival: now + arrival))
            scheduler.after(holding) { [slot = slots[node]] in slot.kill() }
            scheduler.after(restart) { [slot = slots[node]] in slot.start(keepsFolder: false) }
        case .redisForgets(let cart):
            let id = ActorID(CartName(cart, prefix: plan.prefix).text)
            cluster.redis.forget(id)
            cluster.oracle.exempt(id)
        case .stranger(let node, let length):
            slots[node].kill()
            slots[node].startStranger()
            scheduler.after(length) { [slot = slots[node]] in slot.start(keepsFolder: true) }
        case .overwrite(let cart, let reason, let length, let isRemoved):
            cluster.redis.overwrite(ActorID(CartName(cart, prefix: plan.prefix).text), with: reason)
            scheduler.after(length) { [self] in repair(cart, isRemoved: isRemoved) }
        case .redisFailOver:
            cluster.redis.redis.withStore { $0.failOver() }
            cluster.sessions.noteTrouble(until: now)
        case .pauseAfter(let script, let node, let threads, let length):
            slots[node].process?.afterNext(script) { [scheduler] process in
                process.pause(threads, until: scheduler.now + length)
            }
        case .doubtRelease(let node, let length):
            slots[node].process?.afterNext("release") { [self] _ in
                slots[node].carts.cut(.answers, until: scheduler.now + .milliseconds(1))
                cluster.redis.refuse(.scripts(["release"]), until: scheduler.now + length)
            }
        case .loseReturn(let observer, let length):
            loseReturn(observer: observer, for: length)
        }
    }

    /// Ends an overwriting, if the key is still unreadable. A cart whose key is removed is lost, unless its
    /// owner notices first.
    private func repair(_ cart: Int, isRemoved: Bool) {
        let id = ActorID(CartName(cart, prefix: plan.prefix).text)
        guard cluster.redis.putBack(id) else { return }
        scheduler.trace.note("REPAIR", at: scheduler.now, "\(id)")
        guard isRemoved else { return }
        cluster.redis.forget(id)
        cluster.oracle.exempt(id)
    }

    /// See `SimulatedFault.loseReturn`.
    private func loseReturn(observer: Int, for length: SimulatedTime) {
        slots[observer].process?.afterNext("beat") { [self] process in
            process.pause(.heart, until: scheduler.now + length)
            let age = length - .milliseconds(50)
            scheduler.after(age) { [self] in
                guard !scheduler.isCalm else { return }
                cluster.redis.crash(losing: age)
                scheduler.after(.milliseconds(10)) { [self] in
                    cluster.redis.resume()
                    cluster.sessions.noteTrouble(until: scheduler.now)
                }
            }
        }
    }

    /// Ends all faults: every node and Redis run, and every path is reliable.
    func heal() {
        scheduler.trace.note("HEAL", at: scheduler.now, "")
        scheduler.disableHiccups()
        cluster.redis.resume()
        cluster.redis.setFull(false)
        cluster.redis.refuse(.scripts([]), until: .zero)
        cluster.redis.redis.withStore { $0.confirms = true }
        // A crash may have brought an overwritten key back.
        for cart in 0..<plan.carts { repair(cart, isRemoved: false) }
        for path in cluster.network.all { path.heal() }
        for slot in slots {
            for path in slot.paths { path.heal() }
            slot.process?.resume()
            slot.start(keepsFolder: true)
        }
    }
}
