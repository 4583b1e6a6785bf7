// The servers: what they say, which of them executes a command, migration, replication and fail-over.
#pragma once

#include "rules.hpp"
#include "step.hpp"

/// One of the processes that can execute commands: the shard's primary now, or the replaced one.
struct Server {
    int shard;
    bool old;
};

/// The answer to a probe.
struct Word {
    Byte generation, configEpoch;
    bool serves, importing;
    Byte target;
    const Byte* seen;
};

inline Word word(const State& s, Server at) {
    if (at.old) {
        const Replaced& o = s.old;
        return {o.generation, o.configEpoch, o.serves != 0, o.importing != 0, o.target, o.seen};
    }
    const Primary& p = s.primary[at.shard];
    bool serves = s.server == at.shard;
    return {p.generation, p.configEpoch, serves, p.importing != 0, serves ? s.target : noShard, p.seen};
}

inline Record& recordAt(State& s, Server at) { return at.old ? s.old.record : s.primary[at.shard].record; }

/// Every server that answers now.
template <class Visit> void eachServer(const State& s, Visit visit) {
    for (int x = 0; x < shardCount; x++) visit(Server{x, false});
    if (s.old.answers()) visit(Server{s.old.shard, true});
}

/// Every server that may execute a command of the slot that is sent to `first`, following ASK if `asks`.
template <class Visit> void eachPlace(State& s, Server first, bool asks, Visit visit) {
    Word says = word(s, first);
    if (!says.serves) return;  // MOVED
    if (says.target == noShard || recordAt(s, first).owner != absent) return visit(first);
    if (!asks) return;
    eachServer(s, [&](Server at) {
        if (at.shard != says.target || (!first.old && at.old != (s.asksOld != 0))) return;
        Word there = word(s, at);
        if (there.importing || there.serves) visit(at);
    });
}

/// The shard takes the slot: the newest configuration epoch makes its word count.
inline void take(State& s, int x, int from) {
    s.primary[x].seen[from] = s.primary[from].generation;
    if (s.newest == x) return;
    s.newest = Byte(x);
    if (rules.epochInFacts) s.primary[x].configEpoch++;
}

/// The source's replica learns of a key that moved away, at once or late.
inline void moveRecord(State& s, int from, int to) {
    s.primary[to].record = s.primary[from].record;
    s.primary[from].record = {absent, 0, 0};
    if (!bounds.lagging) s.primary[from].replica = s.primary[from].record;
}

template <class Emit> void migrationSteps(const State& s, Emit emit) {
    if (s.target == noShard && s.moves < bounds.moves) {
        for (int y = 0; y < shardCount; y++) {
            if (y == s.server) continue;
            bool open = false;
            for (auto& p : s.primary) open = open || p.importing;
            if (bounds.kinds & 1 && !open) {
                State next = s;
                next.moves++, next.target = Byte(y), next.primary[y].importing = 1;
                next.primary[y].seen[s.server] = s.primary[s.server].generation;
                emit({"the slot begins to migrate to", -1, y}, next);
            }
            if (bounds.kinds & 2 && !open) {
                State next = s;
                next.moves++, next.server = Byte(y);
                moveRecord(next, s.server, y);
                take(next, y, s.server);
                emit({"the slot moves atomically to", -1, y}, next);
            }
        }
    }
    if (s.target != noShard) {
        int x = s.server, y = s.target;
        State next = s;
        if (s.asksOld || !s.primary[y].importing) {
            next.asksOld = 0, next.primary[y].importing = 1;
            emit({"the migration is repaired towards", -1, y}, next);
        } else if (s.primary[x].record.owner != absent) {
            moveRecord(next, x, y);
            emit({"the key moves to", -1, y}, next);
        } else {
            next.server = Byte(y), next.target = noShard, next.primary[y].importing = 0;
            take(next, y, x);
            emit({"the slot is handed over to", -1, y}, next);
        }
        return;
    }
    for (int y = 0; y < shardCount; y++) {
        if (!s.primary[y].importing) continue;
        State next = s;
        next.target = Byte(y);
        emit({"the migration is repaired towards", -1, y}, next);
    }
}

inline bool sameRecord(const Record& a, const Record& b) {
    return a.owner == b.owner && a.epoch == b.epoch && a.content == b.content;
}

template <class Emit> void replicationSteps(const State& s, Emit emit) {
    if (s.losses == bounds.losses) return;
    for (int x = 0; x < shardCount; x++) {
        if (sameRecord(s.primary[x].record, s.primary[x].replica)) continue;
        State next = s;
        next.primary[x].replica = s.primary[x].record;
        emit({"the record is replicated in", -1, x}, next);
    }
}

/// A replica becomes the primary, without what it had not received. Of the replaced one nothing, its answers, or a
/// pause remains.
template <class Emit> void promotionSteps(const State& s, Emit emit) {
    if (s.losses == bounds.losses) return;
    static const char* const what[] = {"a replica is promoted, the old primary is gone, in",
                                       "a replica is promoted, the old primary goes on answering, in",
                                       "a replica is promoted, the old primary stands still, in"};
    for (int x = 0; x < shardCount; x++) {
        if (!(bounds.losing >> x & 1)) continue;
        bool keeps = x == bounds.membership && s.tombstones;  // tombstones were replicated, or were not
        for (int mode = 0; mode < 3; mode++) {
            if (mode ? !(bounds.old >> (mode - 1) & 1) : bounds.old & 1) continue;  // one that answers need not be asked
            for (int kept = 0; kept <= keeps; kept++) {
                State next = s;
                const Primary& was = s.primary[x];
                Primary& now = next.primary[x];
                next.old = {};
                if (mode) {
                    Replaced& old = next.old;
                    Word says = word(s, {x, false});
                    old.shard = Byte(x), old.generation = was.generation, old.configEpoch = was.configEpoch;
                    old.serves = says.serves, old.target = says.target, old.importing = was.importing;
                    old.record = was.record;
                    std::memcpy(old.seen, was.seen, sizeof old.seen);
                    if (x == bounds.membership) old.tombstones = s.tombstones;
                    if (mode == 1) old.left = Byte(bounds.answers + 1);
                    else old.paused = 1;
                }
                now.record = was.replica;
                now.generation++, now.configEpoch++;
                next.newest = Byte(x), next.losses++;
                if (x == bounds.membership && !kept) next.tombstones = 0;
                if (s.target == x) next.asksOld = 1;
                if (bounds.forgets) {
                    now.importing = 0;
                    if (s.server == x) next.target = noShard, next.asksOld = 0;
                }
                emit({what[mode], -1, x}, next);
            }
        }
    }
}

template <class Emit> void replacedSteps(const State& s, Emit emit) {
    if (s.old.paused) {
        State next = s;
        next.old.paused = 0, next.old.left = Byte(bounds.resumed + 1);
        emit({"the old primary resumes in", -1, s.old.shard}, next);
    }
    if (s.old.answers() && s.old.serves && s.server != s.old.shard) {
        State next = s;  // the bus told it of the slot before it told it of its own replacement
        next.old.serves = 0, next.old.target = noShard;
        emit({"the old primary learns who serves the slot in", -1, s.old.shard}, next);
    }
}

/// The bus tells the primaries of each other's generations, at any time. Only the quick path asks them.
template <class Emit> void gossipStep(const State& s, Emit emit) {
    if (!bounds.quick) return;
    State next = s;
    bool news = false;
    for (int x = 0; x < shardCount; x++) {
        for (int y = 0; y < shardCount; y++) {
            if (x == y || s.primary[x].seen[y] == s.primary[y].generation) continue;
            next.primary[x].seen[y] = s.primary[y].generation;
            news = true;
        }
    }
    if (news) emit({"the primaries hear of each other's generations"}, next);
}
