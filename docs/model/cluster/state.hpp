// The state of the model: one slot with one cart, the primaries of the shards, one replaced primary, and two nodes.
#pragma once

#include <cstdint>
#include <cstring>

#ifndef SHARDS
#define SHARDS 2
#endif

using Byte = uint8_t;

constexpr int shardCount = SHARDS;
constexpr int nodeCount = 2;
constexpr int sessionsPerNode = 2;
constexpr Byte noShard = shardCount;  // an unknown server, or no migration under way
constexpr Byte everyShard = (1 << shardCount) - 1;

// Owners in a record: nobody, a session (1 and 2 are node 0's, 3 and 4 are node 1's), or that there is no record.
constexpr Byte nobody = 0;
constexpr Byte absent = 7;
constexpr Byte sessionID(int node, int index) { return Byte(1 + node * sessionsPerNode + index); }
constexpr int nodeOf(Byte session) { return (session - 1) / sessionsPerNode; }

/// The cart's record on one server. `content` is the set of changes that it contains; its size is the sequence number.
struct Record {
    Byte owner, epoch, content;
};

/// The primary that a shard has now. A replica follows it with delay: a promotion puts `replica` in place of `record`.
struct Primary {
    Record record, replica;
    Byte generation;         // changes when the shard may have lost data
    Byte configEpoch;        // changes with the generation, and when the shard takes a slot
    Byte importing;          // IMPORTING: executes commands of the slot that carry ASKING
    Byte seen[shardCount];   // the generations of the others, as this server knows them
};

/// A primary that was replaced. It may go on answering for a while, or stand still and answer for a while later.
struct Replaced {
    Byte shard;
    Byte left;    // ticks for which it answers; 0 if it does not
    Byte paused;  // stands still, and may resume
    Byte generation, configEpoch, importing, tombstones;
    Byte serves, target;  // what it says about the slot
    Byte seen[shardCount];
    Record record;

    bool exists() const { return left > 0 || paused; }
    bool answers() const { return left > 0 && !paused; }
};

enum Activation : Byte { none, live, dormant };

/// What a node knows, and the cart's activation on it. Clocks are stored as ticks left.
struct Node {
    Byte session;   // index of its session
    Byte deadline;  // of the session; 0: over

    Byte activation, epoch, content;
    Byte right;     // ticks for which the activation may answer clients
    Byte verified;  // the record was compared under what is known of its servers
    Byte pending;   // 1 + the change of a commit that was sent and not answered

    Byte word[shardCount];         // ticks left of the right that the shard's newest answer gives
    Byte generation[shardCount];   // facts of the shard's newest answer
    Byte configEpoch[shardCount];
    Byte gate[shardCount];         // ticks until the shard's generation, or its silence, is long enough ago
    Byte server, target;           // Where: who serves the slot by its own word, and to whom it migrates it
    Byte moveGate;                 // ticks until the last change of Where is long enough ago
    Byte imports;                  // shards whose newest answer imports the slot
    Byte heard;                    // shards heard since Where, or the generation of one of its shards, changed
    Byte agreed;                   // of these, shards that know the very generations that this node knows

    Byte observed;      // 1 + index of the other node's session that is observed
    Byte observedLeft;  // ticks until it may get a tombstone
    Byte knownDead;     // the other node's sessions that have a tombstone
    Byte proved;        // shards whose primary was confirmed since the newest of these was learned
    Byte proofLeft;     // ticks until no replaced primary can answer that had been replaced before
};

enum LateKind : Byte { nothingLate, lateClaim, lateCommit, lateRepublish, lateTombstone };

/// A copy of a command that stays in the network and may be executed at any later time.
struct Late {
    Byte kind, session;
    Byte shard, generation, configEpoch;  // where it was sent, and the facts that it names
    Byte knownDead;                       // of a claim
    Byte epoch, content;                  // the offer of a claim; what a commit or a republish was decided on
    Byte since;                           // newest epoch when a claim was sent: tells older attempts from newer ones
    Byte change;                          // of a commit; the session that a tombstone is for
    Byte left;                            // ticks to the last time of a republish
};

struct State {
    Byte server, target;  // the slot, and its migration
    Byte asksOld;         // the source still names the target's replaced primary in ASK
    Primary primary[shardCount];
    Byte tombstones;      // on the primary of the membership's shard, one bit a session
    Byte newest;          // the shard with the highest configuration epoch
    Replaced old;
    Node node[nodeCount];
    Late late;
    Byte nextEpoch, nextChange;
    Byte losses, moves;   // promotions and migrations so far
    Byte acknowledged;    // ghost: changes that a client was told of, and that count
    Byte gone;            // ghost: such changes that were lost within the limits of the promises
};

/// Visits every field with its width in bits, in the order in which a packed state has them.
template <class AnyRecord, class Visit> void eachField(AnyRecord& r, Visit visit, Record*) {
    visit(r.owner, 3), visit(r.epoch, 3), visit(r.content, 2);
}

template <class AnyState, class Visit> void eachField(AnyState& s, Visit visit) {
    Record* record = nullptr;
    visit(s.server, 2), visit(s.target, 2), visit(s.asksOld, 1), visit(s.tombstones, 4), visit(s.newest, 2);
    visit(s.nextEpoch, 3), visit(s.nextChange, 2), visit(s.losses, 2), visit(s.moves, 2);
    visit(s.acknowledged, 2), visit(s.gone, 2);
    for (int x = 0; x < shardCount; x++) {
        auto& p = s.primary[x];
        eachField(p.record, visit, record), eachField(p.replica, visit, record);
        visit(p.generation, 2), visit(p.configEpoch, 3), visit(p.importing, 1);
        for (int y = 0; y < shardCount; y++) {
            if (y != x) visit(p.seen[y], 2);
        }
    }
    auto& o = s.old;
    visit(o.shard, 2), visit(o.left, 2), visit(o.paused, 1), visit(o.generation, 2), visit(o.configEpoch, 3);
    visit(o.importing, 1), visit(o.tombstones, 4), visit(o.serves, 1), visit(o.target, 2);
    for (auto& seen : o.seen) visit(seen, 2);
    eachField(o.record, visit, record);
    for (auto& n : s.node) {
        visit(n.session, 1), visit(n.deadline, 2), visit(n.activation, 2), visit(n.epoch, 3), visit(n.content, 2);
        visit(n.right, 2), visit(n.verified, 1), visit(n.pending, 2);
        for (int x = 0; x < shardCount; x++) {
            visit(n.word[x], 2), visit(n.generation[x], 2), visit(n.configEpoch[x], 3), visit(n.gate[x], 3);
        }
        visit(n.server, 2), visit(n.target, 2), visit(n.moveGate, 3), visit(n.imports, shardCount);
        visit(n.heard, shardCount), visit(n.agreed, shardCount);
        visit(n.observed, 2), visit(n.observedLeft, 3), visit(n.knownDead, 2);
        visit(n.proved, shardCount), visit(n.proofLeft, 2);
    }
    auto& l = s.late;
    visit(l.kind, 3), visit(l.session, 3), visit(l.shard, 2), visit(l.generation, 2), visit(l.configEpoch, 3);
    visit(l.knownDead, 2), visit(l.epoch, 3), visit(l.content, 2), visit(l.since, 3), visit(l.change, 3);
    visit(l.left, 2);
}

/// A state in few bytes, exactly: two states are equal if and only if their packed forms are.
struct Packed {
    static constexpr int words = shardCount == 2 ? 4 : 6;
    uint64_t word[words] = {};

    bool operator==(const Packed&) const = default;

    uint64_t hash() const {
        uint64_t h = 0;
        for (uint64_t w : word) {
            h = (h ^ w) * 0x9E3779B97F4A7C15ull;
            h ^= h >> 32;
        }
        return h;
    }
};

inline Packed pack(const State& state) {
    Packed packed;
    int at = 0;
    eachField(state, [&](const Byte& field, int bits) {
        if ((at & 63) + bits > 64) at = (at | 63) + 1;  // no field lies across two words
        if (field >> bits) __builtin_trap();            // a bound was chosen too large for the field
        packed.word[at >> 6] |= uint64_t(field) << (at & 63);
        at += bits;
    });
    if (at > 64 * Packed::words) __builtin_trap();
    return packed;
}

inline State unpack(const Packed& packed) {
    State state;
    std::memset(&state, 0, sizeof state);
    int at = 0;
    eachField(state, [&](Byte& field, int bits) {
        if ((at & 63) + bits > 64) at = (at | 63) + 1;
        field = Byte(packed.word[at >> 6] >> (at & 63) & ((1u << bits) - 1));
        at += bits;
    });
    return state;
}
