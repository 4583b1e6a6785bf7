// What a node does: it hears the shards, keeps its session, observes the other's, and owns the cart.
#pragma once

#include <algorithm>

#include "promises.hpp"

/// The shards that may execute the cart's commands, by the word of its server.
inline Byte where(const Node& n) {
    if (n.server == noShard) return 0;
    return Byte(1 << n.server | (n.target == noShard ? 0 : 1 << n.target));
}

/// A right is counted from the answers of these shards: all of Where.
inline Byte rightsFrom(const Node& n) {
    if (n.server == noShard) return 0;
    return rules.bothShards ? where(n) : Byte(1 << n.server);
}

inline Byte least(const Node& n, Byte shards) {
    Byte ticks = shards ? 7 : 0;
    for (int x = 0; x < shardCount; x++) {
        if (shards >> x & 1) ticks = std::min(ticks, n.word[x]);
    }
    return ticks;
}

/// The right of a live activation grows with the words, as long as it is verified. It is never lowered.
inline void extend(Node& n) {
    if (n.activation == live && n.verified) n.right = std::max(n.right, least(n, rightsFrom(n)));
}

inline void drop(Node& n) { n.activation = none, n.epoch = n.content = n.right = n.verified = n.pending = 0; }

/// The right has passed: a commit in flight is given up, and the copy of the state answers nothing.
inline void lapse(Node& n) {
    if (n.activation == live) n.activation = dormant, n.right = n.verified = n.pending = 0;
}

inline void voidObservation(Node& n) { n.observed = n.observedLeft = 0; }

inline void endSession(Node& n) {
    n.deadline = 0;
    lapse(n);
    if (rules.endVoids) voidObservation(n);
}

inline bool knowsFacts(const Node& n, int shard, const Word& w) {
    return n.generation[shard] == w.generation && n.configEpoch[shard] == w.configEpoch;
}

/// Whether the node has a link to the process. Its handshake tells the facts, before any command, like a probe.
inline bool linked(const State& s, const Node& n, Server at) {
    Word w = word(s, at);
    if (w.configEpoch < n.configEpoch[at.shard]) return false;  // links to a replaced primary are closed
    return !rules.linkNamesServer || w.generation == n.generation[at.shard];
}

// Probes

/// Whether enough other primaries, asked now, name the server as the shard's primary. Those that voted for another do not.
inline bool confirmed(Server at) { return bounds.confirms && !at.old; }

inline void hear(Node& n, int x, const Word& w) {
    auto gate = [](Byte& clock, int ticks) { clock = std::max(clock, Byte(ticks)); };
    bool lost = w.generation != n.generation[x];
    bool moved = !lost && w.configEpoch != n.configEpoch[x] && where(n) >> x & 1;
    n.generation[x] = w.generation, n.configEpoch[x] = w.configEpoch;
    if (lost) {
        if (rules.generationGate) gate(n.gate[x], bounds.gate);
        if (x == bounds.membership && rules.generationVoids) voidObservation(n);
        n.agreed = 0;
        if (where(n) >> x & 1) n.heard = 0;
    }
    if ((lost || moved) && where(n) >> x & 1 && rules.verifyAfterChange) n.verified = 0;
    Byte server = n.server, target = n.target;
    if (w.serves) server = Byte(x), target = w.target;
    else if (n.server == x) server = target = noShard;
    if (server != n.server || target != n.target) {
        n.server = server, n.target = target;
        if (rules.verifyAfterChange) n.verified = 0;
        moved = true;
    }
    if (moved) {
        if (rules.moveGate) n.moveGate = Byte(bounds.gate);
        n.heard = n.agreed = 0;
    }
    if (n.word[x] == 0 && rules.uninterrupted) gate(n.gate[x], bounds.uninterrupted);
    n.word[x] = Byte(bounds.right);
    n.imports = Byte((n.imports & ~(1 << x)) | w.importing << x);
    n.heard |= 1 << x;
    bool agrees = true;
    for (int y = 0; y < shardCount; y++) agrees = agrees && (y == x || w.seen[y] == n.generation[y]);
    if (agrees || !rules.quickAgreed) n.agreed |= 1 << x;
    else n.agreed &= ~(1 << x);
    extend(n);
}

template <class Emit> void probeSteps(const State& s, int j, Emit emit) {
    eachServer(s, [&](Server at) {
        Word w = word(s, at);
        if (rules.oldFactsIgnored && w.configEpoch < s.node[j].configEpoch[at.shard]) return;
        State next = s;
        hear(next.node[j], at.shard, word(next, at));
        if (confirmed(at)) next.node[j].proved |= 1 << at.shard;
        emit({"hears", j, at.shard, at.old}, next);
    });
}

// Sessions

inline Byte& tombstonesAt(State& s, Server at) { return at.old ? s.old.tombstones : s.tombstones; }

/// Whether a tombstone on the server counts: not on one that others would not confirm.
inline bool counts(Server at) { return confirmed(at) || !bounds.confirms || !rules.confirmTombstone; }

/// The other's session is dead. What it committed last may be on a primary that this node has not heard of yet.
inline void learnDead(Node& n, int index) {
    n.knownDead |= 1 << index;
    n.proved = 0, n.proofLeft = Byte(rules.takeoverConfirmed ? bounds.proof : 0);
}

template <class Emit> void heartbeat(const State& s, int j, Server at, Emit emit) {
    State next = s;
    Node& n = next.node[j];
    bool fresh = !valid(n);
    if (fresh && n.session + 1 == bounds.sessionsOf(j)) return;
    if (fresh) n.session++;
    Byte id = sessionID(j, n.session);
    if (!fresh && tombstonesAt(next, at) >> (id - 1) & 1) {
        endSession(n);
        return emit({"heartbeat finds a tombstone at", j, at.shard, at.old}, next);
    }
    n.deadline = Byte(bounds.right);
    // The counter moves for everybody who observes it on this server.
    Node& other = next.node[1 - j];
    int x = at.shard;
    bool observed = other.observed && sessionID(j, other.observed - 1) == id;
    if (observed && other.generation[x] == n.generation[x]) voidObservation(other);
    if (s.late.kind == lateTombstone && s.late.change == id && s.late.generation == n.generation[x]) next.late = {};
    emit({fresh ? "new session at" : "heartbeat at", j, at.shard, at.old}, next);
}

inline bool ownsAnything(const State& s, Byte id) {
    bool owns = s.old.exists() && s.old.record.owner == id;
    for (auto& p : s.primary) owns = owns || p.record.owner == id || p.replica.owner == id;
    return owns;
}

template <class Emit> void observe(const State& s, int j, Server at, Emit emit) {
    const Node& n = s.node[j];
    for (int index = 0; index <= s.node[1 - j].session; index++) {
        Byte id = sessionID(1 - j, index);
        if (n.knownDead >> index & 1 || !ownsAnything(s, id)) continue;
        State next = s;
        Node& mine = next.node[j];
        if (tombstonesAt(next, at) >> (id - 1) & 1) {
            if (!counts(at)) continue;
            learnDead(mine, index);
            emit({"sees a tombstone at", j, at.shard, at.old}, next);
        } else if (n.observed != index + 1) {
            if (!valid(n) && rules.sessionObserves) continue;
            mine.observed = Byte(index + 1), mine.observedLeft = Byte(rules.takeoverWaits ? bounds.observe : 0);
            emit({"observes the other's counter at", j, at.shard, at.old}, next);
        } else if (n.observedLeft == 0 && valid(n) && (n.gate[at.shard] == 0 || !rules.membershipGate)) {
            if (bounds.late & 8 && s.late.kind == nothingLate) {
                State sent = s;
                sent.late = {lateTombstone, sessionID(j, n.session), Byte(at.shard), n.generation[at.shard],
                             n.configEpoch[at.shard], 0, 0, 0, 0, id, 0};
                emit({"sends a tombstone, which stays in the network, to", j, at.shard, at.old}, sent);
            }
            tombstonesAt(next, at) |= 1 << (id - 1);
            if (counts(at)) learnDead(mine, index);
            voidObservation(mine);
            emit({"writes a tombstone at", j, at.shard, at.old}, next);
        }
    }
}

template <class Emit> void sessionSteps(const State& s, int j, Emit emit) {
    if (!bounds.sessions) return;
    eachServer(s, [&](Server at) {
        if (at.shard != bounds.membership || !knowsFacts(s.node[j], at.shard, word(s, at))) return;
        heartbeat(s, j, at, emit);
        observe(s, j, at, emit);
    });
}

// The cart

/// Whether a claim of the session may take the record.
inline bool claimable(const Record& r, Byte session, Byte knownDead) {
    if (r.owner == nobody || r.owner == absent) return true;
    if (nodeOf(r.owner) == nodeOf(session)) return r.owner <= session;
    return knownDead >> (r.owner - sessionID(nodeOf(r.owner), 0)) & 1;
}

/// Whether the node may rely on a tombstone for a record on this shard: others confirmed its primary since, or no replaced
/// primary can answer any more.
inline bool proved(const Node& n, int shard) {
    return n.proofLeft == 0 || n.proved >> shard & 1;
}

/// Takes the record for the session. The offer is put there if the record is older.
inline void claimRecord(State& s, Server at, Byte session, bool offers, Byte epoch, Byte content) {
    Record& record = recordAt(s, at);
    Record before = record;
    Byte now = before.owner == absent ? 0 : before.content;
    if (offers && (older(before, epoch, content) || !rules.offerComparesVersions)) now = content;
    judgeWrite(s, nodeOf(session), at, before, now);
    record = {session, ++s.nextEpoch, now};
}

/// The claim was answered: the node has the state, and owns it.
inline void activate(State& s, int j, const Record& claimed) {
    Node& n = s.node[j];
    drop(n);
    n.activation = live, n.epoch = claimed.epoch, n.content = claimed.content, n.verified = 1;
    extend(n);
}

/// Nothing that the node knows speaks against a claim.
inline bool mayClaim(const State& s, const Node& n) {
    if (n.activation == live || !valid(n) || n.server == noShard || s.nextEpoch == bounds.epochs) return false;
    if (least(n, rightsFrom(n)) == 0) return false;
    bool settled = true;
    for (int x = 0; x < shardCount; x++) {
        if (where(n) >> x & 1 && n.gate[x]) return false;
        settled = settled && n.gate[x] == 0;
    }
    bool quick = bounds.quick && (settled || !rules.quickSettled) &&
                 (rules.quickEveryone ? n.agreed == everyShard : n.agreed >> n.server & 1);
    if (n.moveGate && !quick) return false;
    if (rules.hearEveryone && n.heard != everyShard) return false;
    return !rules.wholeSlot || !(n.imports & ~where(n));
}

template <class Emit> void claim(const State& s, int j, Emit emit) {
    const Node& n = s.node[j];
    if (!mayClaim(s, n)) return;
    Byte session = sessionID(j, n.session);
    bool offers = n.activation == dormant && rules.offerDormant;
    eachServer(s, [&](Server first) {
        if (first.shard != n.server) return;
        State from = s;
        eachPlace(from, first, true, [&](Server at) {
            bool asked = at.shard != first.shard;
            if (asked && rules.askNeedsWhere && n.target != at.shard) return;
            if (asked && !linked(s, n, first)) return;
            if (rules.claimNamesFacts && !knowsFacts(n, at.shard, word(s, at))) return;
            State next = s;
            if (!claimable(recordAt(next, at), session, proved(n, at.shard) ? n.knownDead : Byte(0))) return;
            claimRecord(next, at, session, offers, n.epoch, n.content);
            activate(next, j, recordAt(next, at));
            emit({"claims at", j, at.shard, at.old}, next);
        });
    });
    if (!(bounds.late & 1) || s.late.kind != nothingLate) return;
    for (int x = 0; x < shardCount; x++) {
        if (!(where(n) >> x & 1)) continue;
        State next = s;
        Byte dead = proved(n, x) ? n.knownDead : Byte(0);
        next.late = {lateClaim, session, Byte(x), n.generation[x], n.configEpoch[x], dead, 0, 0, s.nextEpoch, 0, 0};
        if (offers) next.late.epoch = n.epoch, next.late.content = n.content;
        emit({"sends a claim, which stays in the network, to", j, x}, next);
    }
}

/// Compares the record with the activation after a change, and puts it back where Redis has less.
template <class Emit> void verify(const State& s, int j, Emit emit) {
    const Node& n = s.node[j];
    bool lapsed = n.activation == dormant && !rules.lapseNeedsClaim && valid(n);
    if (!(n.activation == live && valid(n)) && !lapsed) return;
    if (n.verified) return;
    Byte session = sessionID(j, n.session);
    eachServer(s, [&](Server first) {
        State from = s;
        eachPlace(from, first, true, [&](Server at) {
            if (rules.verifyInWhere && !(where(n) >> at.shard & 1)) return;
            if (!knowsFacts(n, at.shard, word(s, at))) return;
            State next = s;
            Node& mine = next.node[j];
            Record& record = recordAt(next, at);
            if (record.owner == session && record.epoch == n.epoch && (record.content & n.content) == n.content) {
                mine.activation = live, mine.verified = 1;
                extend(mine);
                emit({"verifies at", j, at.shard, at.old}, next);
            } else if (older(record, n.epoch, n.content)) {
                if (s.nextEpoch == bounds.epochs) return;
                judgeWrite(next, j, at, record, n.content);
                record = {session, ++next.nextEpoch, n.content};
                mine.activation = live, mine.verified = 1, mine.epoch = next.nextEpoch;
                extend(mine);
                emit({"republishes at", j, at.shard, at.old}, next);
            } else {
                drop(mine);
                emit({"is fenced at", j, at.shard, at.old}, next);
            }
        });
    });
    if (!(bounds.late & 4) || s.late.kind != nothingLate || n.activation != live) return;
    for (int x = 0; x < shardCount; x++) {
        if (!(where(n) >> x & 1) || n.word[x] == 0) continue;
        State next = s;
        Byte left = n.word[x];
        next.late = {lateRepublish, session, Byte(x), n.generation[x], n.configEpoch[x], 0, n.epoch, n.content, 0, 0, left};
        emit({"sends a republish, which stays in the network, to", j, x}, next);
    }
}

/// Commits follow redirections to whoever executes them: owner, epoch and sequence protect them, and the copy in memory
/// remains. A release forgets that copy.
template <class Emit> void commitAndRelease(const State& s, int j, Emit emit) {
    const Node& n = s.node[j];
    if (!mayAnswer(n)) return;
    Byte session = sessionID(j, n.session);
    Byte change = 0;
    if (n.pending) change = Byte(1 << (n.pending - 1));
    else if (s.nextChange < bounds.changes) change = Byte(1 << s.nextChange);
    eachServer(s, [&](Server first) {
        State from = s;
        eachPlace(from, first, true, [&](Server at) {
            if (!linked(s, n, first) || !linked(s, n, at)) return;
            const Record& record = recordAt(from, at);
            if (record.owner != session || record.epoch != n.epoch) return;
            if (change && (record.content == n.content || record.content == (n.content | change))) {
                State next = s;
                Node& mine = next.node[j];
                mine.content |= change, recordAt(next, at).content = mine.content;
                next.acknowledged |= change;
                if (!mine.pending) next.nextChange++;
                mine.pending = 0;
                emit({"commits at", j, at.shard, at.old}, next);
            }
            bool here = (first.shard == n.server && where(n) >> at.shard & 1) || !rules.releaseInWhere;
            if (bounds.releases && here && !n.pending && record.content == n.content) {
                State next = s;
                recordAt(next, at).owner = nobody;
                drop(next.node[j]);
                emit({"releases at", j, at.shard, at.old}, next);
            }
        });
    });
    if (!(bounds.late & 2) || s.late.kind != nothingLate || !change) return;
    State next = s;
    if (!n.pending) next.node[j].pending = ++next.nextChange;
    next.late = {lateCommit, session, 0, 0, 0, 0, n.epoch, n.content, 0, change, 0};
    emit({"sends a commit, which stays in the network", j}, next);
}

template <class Emit> void cartSteps(const State& s, int j, Emit emit) {
    claim(s, j, emit);
    verify(s, j, emit);
    commitAndRelease(s, j, emit);
}
