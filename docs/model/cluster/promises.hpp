// What must hold, whatever happens.
#pragma once

#include "servers.hpp"

inline int size(Byte content) { return __builtin_popcount(content); }

/// Whether the record is older than a copy with this epoch and content.
inline bool older(const Record& r, Byte epoch, Byte content) {
    return r.owner == absent || r.epoch < epoch || (r.epoch == epoch && size(r.content) < size(content));
}

inline bool valid(const Node& n) { return n.deadline > 0; }

/// Whether the node may answer a client from its activation.
inline bool mayAnswer(const Node& n) {
    return n.activation == live && valid(n) && (n.right > 0 || !rules.shardRight);
}

/// Judges a write by `node` on the server `at` that leaves `content` where `before` was. An acknowledged change may be
/// lost only if no primary has it, and no node that may still use it.
inline void judgeWrite(State& s, int node, Server at, const Record& before, Byte content) {
    Byte missing = s.acknowledged & ~content;
    if (!missing) return;
    const Node& own = s.node[node];
    const Node& other = s.node[1 - node];
    if (before.owner != absent && missing & before.content) broken = "a write drops a change that the record has";
    if (own.activation != none && missing & own.content) broken = "a node drops a change that it holds";
    if (mayAnswer(other) && missing & other.content) broken = "a write drops a change that a live owner holds";
    for (int x = 0; x < shardCount && !bounds.lagging; x++) {
        const Record& elsewhere = s.primary[x].record;
        if ((x == at.shard && !at.old) || elsewhere.owner == absent || !(missing & elsewhere.content)) continue;
        broken = "a write drops a change that another primary has";
    }
    s.acknowledged &= ~missing;
    s.gone |= missing;
}

/// The promises that are properties of a state: the first one that is broken, or nothing.
inline const char* brokenIn(const State& s) {
    bool first = mayAnswer(s.node[0]), second = mayAnswer(s.node[1]);
    if (first && second) return "two nodes may answer";
    for (auto& n : s.node) {
        if (!mayAnswer(n)) continue;
        if (s.acknowledged & ~n.content) return "a node may answer without a change";
        if (bounds.returns && s.gone & n.content) return "a change that was lost comes back";
    }
    return nullptr;
}
