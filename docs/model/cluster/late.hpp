// Commands that stayed in the network. Nobody waits for their answer any more.
#pragma once

#include "nodes.hpp"

template <class Emit> void executeLate(const State& s, Server at, Emit emit) {
    const Late& late = s.late;
    State next = s;
    next.late = {};
    Record& record = recordAt(next, at);
    Word w = word(s, at);
    bool factsHold = at.shard == late.shard && w.generation == late.generation && w.configEpoch == late.configEpoch;
    switch (LateKind(late.kind)) {
        case nothingLate:
        case lateTombstone:
            return;
        case lateClaim: {
            if (rules.claimNamesFacts ? !factsHold : at.shard != late.shard) return;
            bool newer = record.owner == late.session && record.epoch > late.since;  // a newer attempt has been there
            if ((newer && rules.claimNamesAttempt) || !claimable(record, late.session, late.knownDead)) return;
            if (s.nextEpoch == bounds.epochs) return;
            const Node& sender = s.node[nodeOf(late.session)];
            bool waits = sender.activation != live && sender.epoch == late.epoch && sender.content == late.content &&
                         valid(sender) && sessionID(nodeOf(late.session), sender.session) == late.session;
            bool inTime = mayClaim(s, sender) && knowsFacts(sender, at.shard, w);
            State answered = next;
            if (at.old) record = {late.session, ++next.nextEpoch, record.owner == absent ? Byte(0) : record.content};
            else claimRecord(next, at, late.session, late.epoch > 0, late.epoch, late.content);
            emit({"a late claim executes at", -1, at.shard, at.old}, next);
            if (!waits || (!inTime && rules.answerInTime)) return;
            claimRecord(answered, at, late.session, late.epoch > 0, late.epoch, late.content);
            activate(answered, nodeOf(late.session), recordAt(answered, at));
            return emit({"a late claim executes and is answered at", -1, at.shard, at.old}, answered);
        }
        case lateCommit: {
            if (record.owner != late.session || record.epoch != late.epoch || record.content != late.content) return;
            record.content |= late.change;
            return emit({"a late commit executes at", -1, at.shard, at.old}, next);
        }
        case lateRepublish: {
            if (rules.republishNamesFacts ? !factsHold : at.shard != late.shard) return;
            if (late.left == 0 && rules.republishNamesDeadline) return;
            if (!older(record, late.epoch, late.content) || s.nextEpoch == bounds.epochs) return;
            Byte missing = record.owner == absent ? 0 : s.acknowledged & record.content & ~late.content;
            if (missing) broken = "a late republish drops a change that the record has";
            record = {late.session, ++next.nextEpoch, late.content};
            return emit({"a late republish executes at", -1, at.shard, at.old}, next);
        }
    }
}

template <class Emit> void lateSteps(const State& s, Emit emit) {
    if (s.late.kind == nothingLate) return;
    State lost = s;
    lost.late = {};
    emit({"the late command is lost"}, lost);
    if (s.late.kind == lateTombstone) {
        eachServer(s, [&](Server at) {
            if (at.shard != s.late.shard || word(s, at).generation != s.late.generation) return;
            State next = s;
            next.late = {};
            tombstonesAt(next, at) |= 1 << (s.late.change - 1);
            emit({"a late tombstone is written at", -1, at.shard, at.old}, next);
        });
        return;
    }
    eachServer(s, [&](Server first) {
        State from = s;
        eachPlace(from, first, true, [&](Server at) { executeLate(s, at, emit); });
    });
}
