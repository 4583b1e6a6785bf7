// The rules, each of which can be switched off, and the bounds of a run.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "state.hpp"

// docs/failure-model.md has the rules in words.
#define EACH_RULE(RULE)                                                                                          \
    RULE(shardRight, "an answer needs the right of the cart's shards, beside the session's")                     \
    RULE(bothShards, "while a slot migrates, the right is the lesser of both shards'")                           \
    RULE(verifyAfterChange, "the right grows only once the record was compared after a change")                  \
    RULE(verifyInWhere, "only a comparison on a server of Where counts")                                         \
    RULE(lapseNeedsClaim, "an activation whose right passed comes back by a claim only")                         \
    RULE(generationGate, "no claim for G after a shard's generation changed")                                    \
    RULE(moveGate, "no claim for G after the slot's server changed")                                             \
    RULE(epochInFacts, "a configuration epoch that changed counts as a move of the shard's slots")               \
    RULE(oldFactsIgnored, "an answer with a lower configuration epoch is ignored")                               \
    RULE(uninterrupted, "no claim for U after a shard's answers were interrupted for the length of a right")     \
    RULE(claimNamesFacts, "the script of a claim compares the facts of the server that executes it")             \
    RULE(askNeedsWhere, "a claim follows ASK only if the source's own word named the target before")             \
    RULE(linkNamesServer, "the handshake of a link tells the facts, as a probe does, before any command")        \
    RULE(claimNamesAttempt, "a claim that is older than the record's is refused")                                \
    RULE(releaseInWhere, "a release goes where a claim would, because it forgets the copy")                       \
    RULE(answerInTime, "the answer of a claim counts only if a claim could be sent then, under the same facts")  \
    RULE(wholeSlot, "no claim while a primary imports the slot that its server does not migrate")                \
    RULE(hearEveryone, "after a change, no claim before every primary was heard")                                \
    RULE(offerDormant, "a claim offers the state of the dormant copy")                                           \
    RULE(offerComparesVersions, "the offer is taken only if the record is older than the copy")                  \
    RULE(republishNamesFacts, "a republish is refused under other facts")                                        \
    RULE(republishNamesDeadline, "a republish is refused after its sender's right")                              \
    RULE(takeoverWaits, "a tombstone needs an observation of L + m")                                             \
    RULE(membershipGate, "no tombstone for G after the membership's generation changed")                         \
    RULE(generationVoids, "a change of the membership's generation voids observations")                          \
    RULE(endVoids, "the end of the own session voids observations")                                              \
    RULE(sessionObserves, "only a valid session observes")                                                       \
    RULE(confirmTombstone, "a tombstone counts once a majority confirmed the server that has it")                \
    RULE(takeoverConfirmed, "a claim relies on a tombstone once the shard's primary was confirmed after it, or D later")  \
    RULE(quickSettled, "quick: no generation of any shard changed within G")                                     \
    RULE(quickEveryone, "quick: every primary was heard after the change, not only the new server")              \
    RULE(quickAgreed, "quick: every primary heard knows the generations that the node knows")

struct Rules {
#define DECLARE(name, meaning) bool name = true;
    EACH_RULE(DECLARE)
#undef DECLARE

    /// Switches a rule off; false if there is no such rule.
    bool switchOff(const std::string& rule) {
#define MATCH(name, meaning) \
    if (rule == #name) return name = false, true;
        EACH_RULE(MATCH)
#undef MATCH
        return false;
    }
};

// Times are in ticks. The margin is 0, so that the inequalities are tight: L - m = L = L + m = right.
#define EACH_BOUND(BOUND)                                                                            \
    BOUND(right, 2, "length of a right (L - m)")                                                     \
    BOUND(answers, 1, "D: a replaced primary answers up to so many ticks after its replacement")     \
    BOUND(resumed, 0, "E: one that stood still answers up to so many ticks after it resumes")        \
    BOUND(gate, 3, "G")                                                                              \
    BOUND(observe, 2, "length of an observation (L + m; L + m + D without confirmation)")            \
    BOUND(confirms, 1, "1: enough primaries can confirm another; 0: none can (two primaries)")       \
    BOUND(proof, 1, "D: ticks after which a tombstone needs no confirmation of other shards") \
    BOUND(uninterrupted, 1, "U, above E")                                                            \
    BOUND(slot, 0, "the slot's first shard")                                                         \
    BOUND(membership, 0, "the shard of the sessions")                                                \
    BOUND(sessions, 1, "1: sessions can end; 0: they never do")                                      \
    BOUND(sessions0, 2, "sessions of node 0")                                                        \
    BOUND(sessions1, 1, "sessions of node 1")                                                        \
    BOUND(changes, 2, "changes that clients ask for")                                                \
    BOUND(epochs, 4, "epochs of the cart")                                                           \
    BOUND(always, 0, "shards that every node hears all the time, one bit each (not with moves)")      \
    BOUND(losses, 1, "promotions")                                                                   \
    BOUND(losing, everyShard, "shards that have promotions, one bit each")                           \
    BOUND(old, 3, "what replaced primaries do: bit 0 go on answering, bit 1 stand still and resume") \
    BOUND(moves, 0, "migrations")                                                                    \
    BOUND(kinds, 3, "of migrations: bit 0 key by key, bit 1 atomic")                                 \
    BOUND(forgets, 0, "1: a promoted replica does not know that the slot is open (Redis 7 and 8)")   \
    BOUND(lagging, 0, "1: the source's replica may still have a key that has moved")                 \
    BOUND(releases, 0, "1: owners release")                                                          \
    BOUND(late, 0, "late commands: bit 0 claims, 1 commits, 2 republishes, 3 tombstones")            \
    BOUND(quick, 0, "1: planned moves take the quick path")                                          \
    BOUND(returns, 1, "1: check that what was lost does not come back")

struct Bounds {
#define DECLARE(name, value, meaning) int name = value;
    EACH_BOUND(DECLARE)
#undef DECLARE

    bool set(const std::string& bound, int value) {
#define MATCH(name, standard, meaning) \
    if (bound == #name) return name = value, true;
        EACH_BOUND(MATCH)
#undef MATCH
        return false;
    }

    int sessionsOf(int node) const { return node == 0 ? sessions0 : sessions1; }
};

inline Rules rules;
inline Bounds bounds;
