/// What happened between two samples of a node.
extension ClusterEvent.Draft {
    typealias Draft = ClusterEvent.Draft

    /// In the order in which an operator wants to read them.
    static func events(from former: NodeSample, to present: NodeSample) -> [Draft] {
        redis(from: former.snapshot, to: present.snapshot) + session(from: former, to: present)
            + members(from: former.snapshot, to: present.snapshot)
            + sweeps(from: former.totals, to: present.totals)
            + readiness(from: former.snapshot, to: present.snapshot)
    }

    private static func redis(from former: NodeSnapshot, to present: NodeSnapshot) -> [Draft] {
        var drafts: [Draft] = []
        switch (former.redisProblem, present.redisProblem) {
        case (nil, let problem?): drafts.append(Draft(kind: .redisTrouble, detail: problem))
        // A node that has just begun had no connection yet.
        case (_?, nil) where former.generation != nil: drafts.append(Draft(kind: .redisBack))
        case (_?, _), (nil, nil): break
        }
        if let old = former.generation, let new = present.generation, old != new {
            drafts.append(Draft(kind: .generationChanged, detail: change(of: old, to: new)))
        }
        return drafts
    }

    /// The part of a generation that changed first, in words.
    private static func change(of old: String, to new: String) -> String {
        let (old, new) = (old.split(separator: ":"), new.split(separator: ":"))
        guard old.count == 3, new.count == 3 else { return "another generation" }
        if old[0] != new[0] { return "another data set: Redis was flushed or replaced" }
        if old[1] != new[1] { return "another server process: Redis was restarted or failed over" }
        return "another replication id: Redis failed over"
    }

    private static func session(from former: NodeSample, to present: NodeSample) -> [Draft] {
        var drafts: [Draft] = []
        let (before, after) = (former.totals, present.totals)
        let (expired, declared) = (
            after.expiredSessions - before.expiredSessions,
            after.sessionsDeclaredDead - before.sessionsDeclaredDead
        )
        if expired > 0 || declared > 0 {
            let carts = max(0, after.droppedCarts - before.droppedCarts)
            drafts.append(
                Draft(
                    kind: .sessionLost,
                    // Those that a later turn of the loops drops are in the former snapshot.
                    carts: max(Int(carts), former.snapshot.carts.live),
                    detail: declared > 0 ? "declared dead by another node" : "no heartbeat in time"
                )
            )
        }
        if let old = before.takeovers, let new = after.takeovers, new > old {
            drafts.append(Draft(kind: .takeover, carts: Int(new - old)))
        }
        return drafts
    }

    private static func members(from former: NodeSnapshot, to present: NodeSnapshot) -> [Draft] {
        let old = Dictionary(former.members.map { ($0.session, $0) }) { $1 }
        let new = Dictionary(present.members.map { ($0.session, $0) }) { $1 }
        // A node that has just begun knows nobody, and nobody joined for that.
        let knew = former.generation != nil
        let came = present.members.filter { knew && old[$0.session] == nil }.map {
            Draft(kind: .joined, subject: $0.name)
        }
        let drain = present.members.filter {
            $0.condition == "draining" && old[$0.session]?.condition == "alive"
        }.map { Draft(kind: .draining, subject: $0.name) }
        // A draining node that fell silent has not ended in order.
        let went = former.members.filter { new[$0.session] == nil }.map {
            let isSilent = $0.silence.map { $0.lasted > $0.left } ?? false
            return Draft(
                kind: $0.condition == "draining" && !isSilent ? .left : .died,
                subject: $0.name
            )
        }
        return came + drain + went
    }

    private static func sweeps(from before: NodeTotals, to after: NodeTotals) -> [Draft] {
        var drafts: [Draft] = []
        if after.sweeps > before.sweeps {
            let differing = Int(max(0, after.differingCarts - before.differingCarts))
            drafts.append(
                Draft(
                    kind: .swept,
                    carts: Int(max(0, after.sweptCarts - before.sweptCarts)),
                    detail: "\(differing) differed from Redis or had a change under way"
                )
            )
        }
        if after.abandonedSweeps > before.abandonedSweeps { drafts.append(Draft(kind: .sweepAbandoned)) }
        return drafts
    }

    private static func readiness(from former: NodeSnapshot, to present: NodeSnapshot) -> [Draft] {
        if present.draining {
            if !former.draining { return [Draft(kind: .drainBegan, carts: former.carts.live)] }
            if former.carts.live > 0, present.carts.live == 0 { return [Draft(kind: .drained)] }
            return []
        }
        switch (former.notReady.isEmpty, present.notReady.isEmpty) {
        case (true, false):
            return [Draft(kind: .notReady, detail: present.notReady.joined(separator: "; "))]
        case (false, true): return [Draft(kind: .ready)]
        case (true, true), (false, false): return []
        }
    }
}
