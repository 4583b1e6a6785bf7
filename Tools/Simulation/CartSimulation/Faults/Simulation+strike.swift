internal import ActorRuntime
internal import CartWorkload

extension Simulation {
    /// Has a fault happen now.
    func strike(_ fault: Fault) {
        let now = scheduler.now
        scheduler.trace.note(now, "FAULT", "\(fault)")
        switch fault {
        case .kill(let node, let restart, let keepsFolder):
            places[node].kill()
            scheduler.after(restart) { [place = places[node]] in place.start(keepsFolder: keepsFolder) }
        case .redeploy(let node, let restart):
            places[node].redeploy(after: restart)
        case .standStill(let node, let threads, let length):
            places[node].process?.standStill(threads, until: now + length)
        case .cutRedis(let node, let cut, let carts, let heartbeats, let length):
            if carts { places[node].carts.cut(cut, until: now + length) }
            if heartbeats { places[node].heartbeats.cut(cut, until: now + length) }
        case .cutLink(let from, let to, let cut, let length):
            town.network.way(from, to).cut(cut, until: now + length)
        case .cutFront(let node, let cut, let length):
            places[node].front.cut(cut, until: now + length)
        case .redisStandsStill(let length):
            town.redis.standStill()
            scheduler.after(length) { [redis = town.redis] in redis.goOn() }
        case .redisCrash(let loss, let restart):
            town.redis.crash(losing: loss)
            scheduler.after(restart) { [redis = town.redis] in redis.goOn() }
        case .redisFlush:
            town.redis.flush()
        case .redisForgets(let cart):
            let id = ActorID(CartName(cart, prefix: plan.prefix).text)
            town.redis.forget(id)
            town.witness.pardon(id)
        case .stranger(let node, let length):
            places[node].kill()
            places[node].letStrangerIn()
            scheduler.after(length) { [place = places[node]] in place.start(keepsFolder: true) }
        }
    }

    /// Ends every fault: all nodes run, everything arrives.
    func heal() {
        scheduler.trace.note(scheduler.now, "HEAL", "")
        scheduler.calmDown()
        town.redis.goOn()
        for way in town.network.all { way.heal() }
        for place in places {
            for way in place.ways { way.heal() }
            place.process?.thaw()
            place.start(keepsFolder: true)
        }
    }
}
