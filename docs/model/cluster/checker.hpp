// Breadth-first search over all states: the first broken promise has a shortest trace.
#pragma once

#include <sys/mman.h>

#include <chrono>
#include <vector>

#include "late.hpp"

inline void tick(State& s) {
    auto down = [](Byte& clock) { clock -= clock > 0; };
    for (auto& n : s.node) {
        if (bounds.sessions && n.deadline && --n.deadline == 0) endSession(n);
        if (n.activation == live && n.right && --n.right == 0 && rules.shardRight) lapse(n);
        for (int x = 0; x < shardCount; x++) {
            down(n.gate[x]);
            if (!(bounds.always >> x & 1)) down(n.word[x]);
        }
        down(n.moveGate), down(n.observedLeft), down(n.proofLeft);
        if (!n.proofLeft) n.proved = 0;
    }
    down(s.late.left);
    if (s.old.left && !s.old.paused && --s.old.left == 0) s.old = {};
}

/// Forgets what cannot matter any more, so that fewer states differ.
inline void forget(State& s) {
    for (int x = 0; x < shardCount; x++) {
        if (s.losses == bounds.losses || !(bounds.losing >> x & 1)) s.primary[x].replica = {};
    }
    bool known = rules.oldFactsIgnored && s.late.kind == nothingLate;  // to every node: the old one is not asked any more
    for (auto& n : s.node) known = known && n.configEpoch[s.old.shard] > s.old.configEpoch;
    if (!s.old.exists() || known) s.old = {};
    for (int j = 0; j < nodeCount; j++) {
        Node& n = s.node[j];
        if (n.activation == live && !mayAnswer(n)) lapse(n);
        if (!valid(n) && n.session + 1 == bounds.sessionsOf(j)) {  // the node is gone
            Byte session = n.session;
            n = {};
            n.session = session;
        }
        if (!bounds.forgets) n.heard = everyShard, n.imports = 0;  // no half-open slots
        if (!n.proofLeft) n.proved = 0;
        if (bounds.quick) continue;
        n.agreed = 0;
        for (int x = 0; x < shardCount; x++) {  // without the quick path, one clock says all that claims need
            if (where(n) >> x & 1) n.moveGate = std::max(n.moveGate, n.gate[x]);
            if (!bounds.sessions || x != bounds.membership) n.gate[x] = 0;
        }
    }
    if (!bounds.quick) {
        for (auto& p : s.primary) std::memset(p.seen, 0, sizeof p.seen);
        std::memset(s.old.seen, 0, sizeof s.old.seen);
    }
}

/// Every step from a state: `emit` gets it with the state that it leads to.
template <class Emit> void eachStep(const State& s, Emit emit) {
    auto forgetful = [&](Step step, State& next) {
        forget(next);
        emit(step, next);
    };
    State later = s;
    tick(later);
    forgetful({"a tick"}, later);
    migrationSteps(s, forgetful);
    replicationSteps(s, forgetful);
    promotionSteps(s, forgetful);
    replacedSteps(s, forgetful);
    gossipStep(s, forgetful);
    lateSteps(s, forgetful);
    for (int j = 0; j < nodeCount; j++) {
        probeSteps(s, j, forgetful);
        sessionSteps(s, j, forgetful);
        cartSteps(s, j, forgetful);
    }
}

/// Node 0 owns the cart; both nodes are settled, and have just heard everything. The claim is not replicated yet.
inline State firstState() {
    State s;
    std::memset(&s, 0, sizeof s);
    s.server = Byte(bounds.slot), s.target = noShard, s.newest = 0, s.nextEpoch = 1;
    for (auto& p : s.primary) p.record = p.replica = {absent, 0, 0};
    s.primary[bounds.slot].record = {sessionID(0, 0), 1, 0};
    s.primary[bounds.slot].replica = {nobody, 0, 0};
    for (auto& n : s.node) {
        n.deadline = Byte(bounds.right), n.server = s.server, n.target = noShard;
        n.heard = n.agreed = everyShard;
        for (auto& w : n.word) w = Byte(bounds.right);
    }
    Node& owner = s.node[0];
    owner.activation = live, owner.epoch = 1, owner.right = Byte(bounds.right), owner.verified = 1;
    forget(s);
    return s;
}

/// The states that were found, in the order of their discovery, each with the one that it was found from.
class Found {
public:
    explicit Found(size_t most) : most(most) {
        while (slots < most * 3 / 2) slots *= 2;
        states = reserve<Packed>(most), parents = reserve<uint32_t>(most), table = reserve<uint32_t>(slots);
    }

    void add(const Packed& state, size_t parent) {
        size_t slot = state.hash() & (slots - 1);
        while (table[slot]) {
            if (states[table[slot] - 1] == state) return;
            slot = (slot + 1) & (slots - 1);
        }
        if (full()) return;
        states[count] = state, parents[count] = uint32_t(parent), table[slot] = uint32_t(++count);
    }

    bool full() const { return count == most; }
    size_t size() const { return count; }
    const Packed& operator[](size_t i) const { return states[i]; }
    size_t parent(size_t i) const { return parents[i]; }

private:
    size_t most, count = 0, slots = 1 << 16;
    Packed* states;
    uint32_t *parents, *table;

    template <class Item> static Item* reserve(size_t items) {
        int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void* memory = mmap(nullptr, items * sizeof(Item), PROT_READ | PROT_WRITE, how, -1, 0);
        if (memory == MAP_FAILED) std::perror("no memory"), std::exit(3);
        return static_cast<Item*>(memory);
    }
};

enum class Outcome { complete, cut, broken };

struct Result {
    Outcome outcome = Outcome::complete;
    size_t states = 0, depth = 0;
    const char* promise = nullptr;
    std::vector<std::string> trace;
    // Whether the run was about anything: states in which ...
    size_t takenOver = 0, afterPromotion = 0, copies = 0, tombstones = 0;
};

class Search {
public:
    Search(size_t most, int seconds) : found(most), seconds(seconds) {}

    Result run() {
        auto began = std::chrono::steady_clock::now();
        Result result;
        found.add(pack(firstState()), 0);
        size_t levelEnd = 1;
        for (size_t i = 0; i < found.size(); i++) {
            if (i == levelEnd) result.depth++, levelEnd = found.size();
            State s = unpack(found[i]);
            count(s, result);
            if (const char* promise = brokenIn(s)) return brokenAt(i, promise, {}, result);
            broken = nullptr;
            const char* lastStep = nullptr;
            std::string last;
            eachStep(s, [&](Step step, const State& next) {
                if (broken && !lastStep) lastStep = broken, last = step.text();
                if (!broken) found.add(pack(next), i);
            });
            if (lastStep) return brokenAt(i, lastStep, last, result);
            bool late = (i & 0xfff) == 0 && std::chrono::steady_clock::now() - began > std::chrono::seconds(seconds);
            if (found.full() || late) {
                result.outcome = Outcome::cut;
                break;
            }
        }
        result.states = found.size();
        return result;
    }

private:
    Found found;
    int seconds;

    static void count(const State& s, Result& result) {
        result.takenOver += mayAnswer(s.node[1]);
        result.afterPromotion += s.losses > 0 && mayAnswer(s.node[0]);
        result.copies += s.node[0].activation == dormant;
        result.tombstones += s.tombstones != 0;
    }

    Result brokenAt(size_t i, const char* promise, const std::string& last, Result result) {
        result.outcome = Outcome::broken, result.promise = promise, result.states = found.size();
        if (!last.empty()) result.trace.push_back(last);
        for (; i; i = found.parent(i)) result.trace.push_back(stepTo(i));
        std::reverse(result.trace.begin(), result.trace.end());
        return result;
    }

    std::string stepTo(size_t i) {
        std::string text = "?";
        eachStep(unpack(found[found.parent(i)]), [&](Step step, const State& next) {
            if (text == "?" && pack(next) == found[i]) text = step.text();
        });
        return text;
    }
};
