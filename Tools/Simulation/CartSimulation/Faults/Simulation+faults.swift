internal import ActorRuntime
internal import CartWorkload

extension Simulation {
    /// Has a fault happen now.
    func inject(_ fault: SimulatedFault) {
        let now = scheduler.now
        scheduler.trace.note(now, "FAULT", "\(fault)")
        switch fault {
        case .kill(let node, let restart, let keepsFolder):
            slots[node].kill()
            scheduler.after(restart) { [slot = slots[node]] in slot.start(keepsFolder: keepsFolder) }
        case .redeploy(let node, let restart):
            slots[node].redeploy(after: restart)
        case .standStill(let node, let threads, let length):
            slots[node].process?.standStill(threads, until: now + length)
        case .cutRedis(let node, let cut, let carts, let heartbeats, let length):
            if carts { slots[node].carts.cut(cut, until: now + length) }
            if heartbeats { slots[node].heartbeats.cut(cut, until: now + length) }
        case .cutLink(let from, let to, let cut, let length):
            cluster.network.path(from, to).cut(cut, until: now + length)
        case .cutFront(let node, let cut, let length):
            slots[node].front.cut(cut, until: now + length)
        case .redisStandsStill(let length):
            cluster.redis.standStill()
            scheduler.after(length) { [redis = cluster.redis] in redis.goOn() }
        case .redisCrash(let loss, let restart):
            cluster.redis.crash(losing: loss)
            scheduler.after(restart) { [redis = cluster.redis] in redis.goOn() }
        case .redisFlush:
            cluster.redis.flush()
        case .redisForgets(let cart):
            let id = ActorID(CartName(cart, prefix: plan.prefix).text)
            cluster.redis.forget(id)
            cluster.oracle.exempt(id)
        case .stranger(let node, let length):
            slots[node].kill()
            slots[node].letStrangerIn()
            scheduler.after(length) { [slot = slots[node]] in slot.start(keepsFolder: true) }
        }
    }

    /// Ends every fault: all nodes run, everything arrives.
    func heal() {
        scheduler.trace.note(scheduler.now, "HEAL", "")
        scheduler.calmDown()
        cluster.redis.goOn()
        for path in cluster.network.all { path.heal() }
        for slot in slots {
            for path in slot.paths { path.heal() }
            slot.process?.thaw()
            slot.start(keepsFolder: true)
        }
    }
}
