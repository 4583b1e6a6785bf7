----------------------------- MODULE Ownership -----------------------------
(* The ownership of one cart: sessions, leases, tombstones, fenced commits,   *)
(* and losses of Redis's data. README.md says what is modelled and what not.  *)
(* Off = {} is the protocol; each name in Off switches one of its rules off.  *)
(* Clocks are stored as ticks left, and Tick counts them down: time itself    *)
(* has no bound.                                                              *)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS K,         \* K[n]: the number of sessions that node n may have in turn
          L, M,      \* length of the lease and margin, in ticks
          NOps,      \* changes that clients ask for
          MaxE,      \* bound on epochs
          MaxOrph,   \* commands in the network whose sender no longer waits
          MaxC,      \* bound on heartbeat counters (where they are explicit)
          MaxLoss,   \* losses of Redis's data
          LossKind,  \* subset of {"roll","indep","total"}
          Late,      \* kinds of commands of which a copy may stay in the network
          HbSplit,   \* TRUE: a heartbeat is sent, executed and answered at three times
          Off        \* rules that do not hold
VARIABLES gen,       \* the generation in force
          sess,      \* the sessions' entries in Redis
          cart,      \* the cart's record in Redis
          tm,        \* Redis's clock, as far as epochs need it
          ck,        \* a checkpoint that Redis may fall back to
          losses,    \* losses so far
          nd,        \* what each node knows
          orph,      \* late commands
          obs,       \* ghost: the longest log that a client was told of
          st,        \* what the client of each change was told
          bad,       \* ghost: the first broken promise
          gone       \* ghost: acknowledged changes that a client was told are lost; 0 once one came back
vars == <<gen, sess, cart, tm, ck, losses, nd, orph, obs, st, bad, gone>>

Holds(rule) == rule \notin Off
Cnt    == MaxLoss > 0 \/ HbSplit  \* explicit counters; else a heartbeat voids the others' observations
Node   == DOMAIN K
Sess   == {x \in Node \X (1..3) : x[2] <= K[x[1]]}
Ops    == 1..NOps
FRESH  == 99               \* no deadline yet, or no observation
NoS    == <<0,0>>          \* no owner
AbsS   == <<0,1>>          \* no record
NoCart == [o |-> AbsS, e |-> 0, a |-> 0, log |-> <<>>]
NoAct  == [e |-> 0, log |-> <<>>]
NoRpc  == [ty |-> "idle"]
NoRd   == [st |-> "idle"]
NoHb   == [st |-> "idle"]
NoCk   == [s |-> <<>>, c |-> <<>>]
Absent == [c |-> 0, d |-> FALSE]
NoOb   == [c |-> 0, r |-> FRESH]

Prefix(a,b)     == Len(a) <= Len(b) /\ SubSeq(b,1,Len(a)) = a
Comparable(a,b) == Prefix(a,b) \/ Prefix(b,a)
Longer(a,b)     == IF Len(a) >= Len(b) THEN a ELSE b
Range(s)        == {s[i] : i \in DOMAIN s}
CommonPrefix(a,b) == LET I == {i \in 0..Len(a) : i <= Len(b) /\ SubSeq(a,1,i) = SubSeq(b,1,i)}
                     IN SubSeq(a, 1, CHOOSE i \in I : \A j \in I : j <= i)
Upto(log,w)     == SubSeq(log, 1, CHOOSE i \in DOMAIN log : log[i] = w)
NoDup(s)        == Cardinality(Range(s)) = Len(s)
Max(a,b)        == IF a >= b THEN a ELSE b
Dec(x)          == IF x \in 1..(FRESH-1) THEN x - 1 ELSE x
Older(c, r)     == c.e < r.e \/ (c.e = r.e /\ Len(c.log) < r.q)   \* the record is older than the request's

Cur(n)    == <<n, nd[n].k>>
Alive(n)  == nd[n].k <= K[n]
ValidD(d) == d.dl \in 1..L
Valid(n)  == ValidD(nd[n])

(* nd[n]: k session, dl ticks to the deadline, hb heartbeat in flight, ob observations, kd sessions known dead,
   kg generation known, gt ticks until it is settled, sw generation swept, act the activation, na attempt,
   relg being released, pend change being committed, need Redis lost the cart, rpc answer under way, rd read *)
Init == /\ gen = 0 /\ tm = 0 /\ ck = NoCk /\ losses = 0 /\ orph = {}
        /\ sess = [s \in Sess |-> Absent]
        /\ cart = NoCart
        /\ nd = [n \in Node |-> [k |-> 1, dl |-> FRESH, hb |-> NoHb, ob |-> [x \in Sess |-> NoOb],
                                 kd |-> {}, kg |-> 0, gt |-> 0, sw |-> 0, act |-> NoAct, na |-> 1, relg |-> FALSE,
                                 pend |-> 0, need |-> FALSE, rpc |-> NoRpc, rd |-> NoRd]]
        /\ obs = <<>> /\ st = [w \in Ops |-> "new"] /\ bad = "" /\ gone = {}

(***** what a client was told is cut only when Redis lost it and nobody valid holds it in memory *****)
Holders(ob, d) == {n \in Node : ValidD(d[n]) /\ d[n].act # NoAct /\ Prefix(ob, d[n].act.log)}
Relax(ob, c, d, ls) == IF ls = 0 \/ Prefix(ob, c.log) \/ Holders(ob,d) # {} THEN ob
                       ELSE CommonPrefix(ob, c.log)
CutRd(d, ob) == [n \in Node |-> IF d[n].rd = NoRd THEN d[n]
                                ELSE [d[n] EXCEPT !.rd.f = CommonPrefix(@, ob)]]
RelaxTo(c, d, ls) == /\ obs' = Relax(obs, c, d, ls)
                     /\ nd' = IF obs' = obs THEN d ELSE CutRd(d, obs')
Room(r) == r \notin orph /\ Cardinality(orph) < MaxOrph
MayKeep(r) == orph' = orph \/ (r.ty \in Late /\ Room(r) /\ orph' = orph \cup {r})

Tick == /\ RelaxTo(cart, [n \in Node |-> [nd[n] EXCEPT !.dl = Dec(@), !.gt = Dec(@),
                                    !.ob = [x \in Sess |-> [@[x] EXCEPT !.r = Dec(@)]],
                                    !.hb = IF @ = NoHb THEN @ ELSE [@ EXCEPT !.a = IF @ > L THEN @ ELSE @ + 1]]], losses)
        /\ orph' = {IF r.ty \in {"rep","sur"} THEN [r EXCEPT !.t = Dec(@)] ELSE r : r \in orph}
        /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, st, bad, gone>>

(************************* sessions: heartbeat, end *************************)
Ended0(d) == [d EXCEPT !.k = @+1, !.dl = FRESH, !.hb = NoHb, !.act = NoAct, !.na = 1, !.relg = FALSE, !.pend = 0,
                       !.need = FALSE, !.rpc = NoRpc, !.rd = NoRd, !.sw = d.kg]
Ended(n, d) == IF d.k < K[n] THEN Ended0(d)            \* after the last one the node is gone: forget everything
               ELSE [Ended0(d) EXCEPT !.ob = [x \in Sess |-> NoOb], !.kd = {}, !.kg = 0, !.gt = 0, !.sw = 0]
UnkSt(d) == IF d.pend # 0 THEN [st EXCEPT ![d.pend] = "unk"] ELSE st
EndSession(n) == /\ RelaxTo(cart, [nd EXCEPT ![n] = Ended(n, @)], losses)
                 /\ st' = UnkSt(nd[n])
                 /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, bad, gone>>
End(n) == Alive(n) /\ EndSession(n)    \* a crash, or the end of a session by its own deadline

HbDead(s) == sess[s].d /\ Holds("deadEndsSession")
HbSess(s) == IF HbDead(s) THEN sess
             ELSE [sess EXCEPT ![s] = [c |-> IF Cnt THEN @.c+1 ELSE 1, d |-> FALSE]]
Void(d, s) == IF Cnt THEN d ELSE [n \in Node |-> [d[n] EXCEPT !.ob[s] = NoOb]]
CanHb(n) == /\ Alive(n) /\ (nd[n].dl # 0 \/ ~Holds("overStaysOver"))
            /\ Cnt => sess[Cur(n)].c < MaxC
(* h: a age of the request, snap and g what Redis answered *)
Learn(n, d, h) ==
  LET newg == h.g # d.kg
      sw1  == IF d.act = NoAct /\ d.rpc = NoRpc THEN h.g ELSE d.sw
      cnt  == sw1 = h.g \/ ~Holds("sweepBeforeLease")
      lease == IF ~Holds("deadlineFromSend") THEN L - M ELSE IF h.a >= L - M THEN 0 ELSE L - M - h.a
      w0   == L + M
      wait == IF ~Holds("waitFromReceipt") THEN (IF h.a >= w0 THEN 0 ELSE w0 - h.a) ELSE w0
      kd1  == d.kd \cup {x \in Sess : h.snap[x].d}
      ob1  == [x \in Sess |->
                IF x \in kd1 \/ x[1] = n \/ x[2] > nd[x[1]].k THEN NoOb
                ELSE IF newg \/ d.ob[x].r = FRESH \/ d.ob[x].c # h.snap[x].c
                     THEN [c |-> h.snap[x].c, r |-> wait]
                     ELSE d.ob[x]]
  IN [d EXCEPT !.dl = IF cnt THEN (IF @ = FRESH THEN lease ELSE Max(@, lease)) ELSE @,
               !.kg = h.g, !.gt = IF newg THEN L + M ELSE @, !.sw = sw1, !.kd = kd1, !.ob = ob1]
Hb(n) ==            \* sent, executed and answered within a tick: extends the lease most
  /\ ~HbSplit /\ CanHb(n)
  /\ IF HbDead(Cur(n)) THEN EndSession(n)
     ELSE /\ sess' = HbSess(Cur(n))
          /\ nd' = LET v == Void(nd, Cur(n))
                       h == [a |-> 0, snap |-> sess', g |-> gen]
                   IN [v EXCEPT ![n] = Learn(n, v[n], h)]
          /\ UNCHANGED <<gen, cart, tm, ck, losses, orph, obs, st, bad, gone>>
HbExec(n) == \E a \in 0..L :     \* sent a ticks ago
  /\ HbSplit /\ CanHb(n) /\ nd[n].hb = NoHb
  /\ nd[n].dl # FRESH => nd[n].dl + a <= L - M \* sent after the last one that counted
  /\ sess' = HbSess(Cur(n))
  /\ nd' = [nd EXCEPT ![n].hb = [st |-> "rep", a |-> a, dead |-> HbDead(Cur(n)), snap |-> sess', g |-> gen]]
  /\ UNCHANGED <<gen, cart, tm, ck, losses, orph, obs, st, bad, gone>>
HbDrop(n) == /\ nd[n].hb # NoHb /\ nd' = [nd EXCEPT ![n].hb = NoHb]
             /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, obs, st, bad, gone>>
HbReply(n) == LET d == nd[n]  h == d.hb IN
  /\ h # NoHb
  /\ IF h.dead \/ (d.dl = 0 /\ Holds("overStaysOver")) THEN EndSession(n)
     ELSE /\ nd' = [nd EXCEPT ![n] = [Learn(n, d, h) EXCEPT !.hb = NoHb]]
          /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, obs, st, bad, gone>>
HbLate(n) == LET r == [ty |-> "hb", s |-> Cur(n)] IN
  /\ "hb" \in Late /\ Alive(n) /\ nd[n].dl # 0 /\ Room(r)
  /\ orph' = orph \cup {r}
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, nd, obs, st, bad, gone>>

(************************* tombstones ***************************************)
TombOk(r) == \/ r.any
             \/ /\ sess[r.x].c = r.c \/ ~Holds("tombstoneChecksCounter")
                /\ r.g = gen \/ ~Holds("tombstoneNamesGeneration")
Tomb(n, x) == LET d == nd[n]  own == x[1] = n /\ x[2] < d.k
                  r == [ty |-> "tomb", x |-> x, c |-> d.ob[x].c, g |-> d.kg, any |-> own, by |-> n] IN
  /\ Alive(n) /\ x = cart.o            \* only the tombstone of the cart's owner changes anything
  /\ x \notin d.kd /\ x # Cur(n)
  /\ \/ own                            \* a former session of this node
     \/ d.ob[x].r = 0
     \/ ~Holds("takeoverWaits") /\ d.ob[x].r # FRESH
  /\ \/ /\ sess[x].d \/ TombOk(r)
        /\ sess' = [sess EXCEPT ![x].d = TRUE]
        /\ nd' = [nd EXCEPT ![n].kd = @ \cup {x}]
        /\ orph' = orph
     \/ /\ "tomb" \in Late /\ ~sess[x].d /\ Room(r) /\ orph' = orph \cup {r} /\ UNCHANGED <<sess, nd>>
  /\ UNCHANGED <<gen, cart, tm, ck, losses, obs, st, bad, gone>>

(************************* the cart's scripts *******************************)
NewE(e) == IF Holds("timeInEpochs") THEN Max(e, tm) + 1 ELSE e + 1
Last(s) == s[Len(s)]
Ans(c)  == [c |-> c, cart |-> cart, tm |-> tm]
Put(c)  == [c |-> "OK", cart |-> c, tm |-> tm]
New(c)  == [c |-> "OK", cart |-> c, tm |-> tm+1]
ClaimRes(r) ==
  LET gok  == r.g = gen \/ ~Holds("claimNamesGeneration")
      free == cart.o \in ({AbsS, NoS, r.s} \cup r.dead)
      mine == cart.o = r.s /\ Holds("claimAttempt")
  IN IF mine /\ r.a < cart.a THEN Ans("NO")                \* a late copy
     ELSE IF mine /\ r.a = cart.a /\ gok THEN Ans("OK")     \* another copy of this claim
     ELSE IF gok /\ free THEN New([o |-> r.s, e |-> NewE(cart.e), a |-> r.a, log |-> cart.log])
     ELSE Ans("NO")
ComRes(r) ==
  LET q    == Len(cart.log)
      mine == q > 0 /\ Last(cart.log) = r.w /\ Holds("commitKeepsID")
      app  == Put([cart EXCEPT !.log = Append(@, r.w)])
  IN IF cart.o = AbsS THEN Ans("LOST")
     ELSE IF Older(cart, r) /\ Holds("regressedBeforeFenced") THEN Ans("REGR")
     ELSE IF \/ cart.o # r.s /\ Holds("commitChecksOwner")
             \/ cart.e # r.e /\ Holds("commitChecksEpoch") THEN Ans("FENCED")
     ELSE IF ~Holds("sequenceCheck") THEN (IF mine THEN Ans("OK") ELSE app)
     ELSE IF q = r.q THEN app
     ELSE IF q = r.q + 1 /\ mine THEN Ans("OK")
     ELSE IF q < r.q THEN Ans("REGR") ELSE Ans("FENCED")
RelRes(r) ==       \* a record without a commit is deleted
  LET freed == IF cart.log = <<>> THEN NoCart ELSE [cart EXCEPT !.o = NoS] IN
  IF cart.o = AbsS THEN (IF r.q = 0 THEN Ans("OK") ELSE Ans("REGR"))
  ELSE IF Older(cart, r) THEN Ans("REGR")
  ELSE IF cart.e = r.e /\ Len(cart.log) = r.q /\ cart.o \in {r.s, NoS} THEN Put(freed)
  ELSE IF cart.o = r.s /\ ~Holds("releaseChecksEpoch") THEN Put(freed)
  ELSE Ans("FENCED")
GenOk(r) == r.g = gen \/ ~Holds("republishNamesGeneration")
InTime(r) == r.t # 0   \* by Redis's clock, the sender's right has not ended
RepRes(r) ==
  IF ~GenOk(r) \/ ~InTime(r) THEN Ans("STALE")
  ELSE IF cart.o = AbsS \/ Older(cart, r) \/ ~Holds("republishComparesVersions")
    THEN New([o |-> r.s, e |-> NewE(Max(cart.e, r.e)), a |-> r.a, log |-> r.log])
  ELSE IF cart.o = r.s /\ Len(cart.log) = r.q /\ (cart.e = r.e \/ (cart.a = r.a /\ Holds("republishKnowsItself")))
    THEN Ans("OK")
  ELSE Ans("FENCED")
SurRes(r) ==
  IF ~GenOk(r) \/ ~InTime(r) THEN Ans("STALE")
  ELSE IF cart.o = AbsS \/ Older(cart, r) THEN Put([o |-> NoS, e |-> r.e, a |-> 0, log |-> r.log])
  ELSE IF cart.e = r.e /\ Len(cart.log) = r.q /\ cart.o \in {r.s, NoS} THEN Put([cart EXCEPT !.o = NoS])
  ELSE Ans("FENCED")
Res(r) == CASE r.ty = "claim" -> ClaimRes(r) [] r.ty = "com" -> ComRes(r) [] r.ty = "rel" -> RelRes(r)
            [] r.ty = "rep" -> RepRes(r) [] r.ty = "sur" -> SurRes(r)

(***** late commands: nobody waits for the answer any more *****)
OrphExec == \E r \in orph :
  /\ orph' = orph \ {r}
  /\ CASE r.ty = "hb" -> sess' = HbSess(r.s) /\ nd' = Void(nd, r.s) /\ UNCHANGED <<cart, tm>>
       [] r.ty = "tomb" ->
            /\ IF sess[r.x].d \/ TombOk(r)
               THEN sess' = [sess EXCEPT ![r.x].d = TRUE] /\ nd' = [nd EXCEPT ![r.by].kd = @ \cup {r.x}]
               ELSE UNCHANGED <<sess, nd>>
            /\ UNCHANGED <<cart, tm>>
       [] OTHER -> cart' = Res(r).cart /\ tm' = Res(r).tm /\ UNCHANGED <<sess, nd>>
  /\ UNCHANGED <<gen, ck, losses, obs, st, bad, gone>>

(************************* the cart on a node *******************************)
Settled(n) == nd[n].kg = 0 \/ nd[n].gt = 0 \/ ~Holds("generationGate")
Exec(n, r, f(_,_)) ==   \* Redis executes the request now; another copy of it may stay behind
  LET a == Res(r) IN
  /\ cart' = a.cart /\ tm' = a.tm
  /\ nd' = [nd EXCEPT ![n] = f(@, a)]
  /\ MayKeep(r)
LateOnly(n, r) == r.ty \in Late /\ Room(r) /\ orph' = orph \cup {r} /\ UNCHANGED <<cart, tm, nd>>

(* Claims, republishes and releases are answered when they are executed; a lost answer is LateOnly and then
   OrphExec. Commits are answered later. *)
Drop(d) == [d EXCEPT !.rpc = NoRpc, !.act = NoAct, !.pend = 0, !.need = FALSE, !.relg = FALSE,
                     !.na = IF @ < 3 THEN @ + 1 ELSE @]
GotClaim(d, a) == IF ~Holds("sweepWaitsForClaims")
                    THEN [d EXCEPT !.rpc = [ty |-> "claim", c |-> a.c, e |-> a.cart.e, log |-> a.cart.log]]
                  ELSE IF a.c = "OK" THEN [d EXCEPT !.act = [e |-> a.cart.e, log |-> a.cart.log]] ELSE d
Claim(n) == LET d == nd[n]
                r == [ty |-> "claim", s |-> Cur(n), dead |-> d.kd, g |-> d.kg, a |-> d.na] IN
  /\ Valid(n) /\ Settled(n) /\ d.act = NoAct /\ d.rpc = NoRpc /\ tm < MaxE
  /\ Exec(n, r, GotClaim) \/ LateOnly(n, r)
  /\ UNCHANGED <<gen, sess, ck, losses, obs, st, bad, gone>>

Comes(log) == IF gone \cap Range(log) # {} THEN gone \cup {0} ELSE gone
Lacks(log) == {w \in Ops : st[w] = "ok" /\ w \notin Range(obs) \cup Range(log)}
Ack(log, w) == /\ gone' = Comes(log) \cup Lacks(log)
               /\ st' = [st EXCEPT ![w] = "ok"]
               /\ obs' = Longer(obs, log)
               /\ bad' = IF bad = "" /\ ~Comparable(log, obs) THEN "acknowledged logs diverge" ELSE bad
ComReq(n, w) == [ty |-> "com", s |-> Cur(n), e |-> nd[n].act.e, q |-> Len(nd[n].act.log), w |-> w]
Cand == {w \in Ops : \/ st[w] = "unk"                              \* a client tries again
                     \/ st[w] = "new" /\ \A v \in Ops : v < w => st[v] # "new"}
Write(n) == LET d == nd[n] IN \E w \in Cand :
  /\ Valid(n) /\ d.act # NoAct /\ d.rpc = NoRpc /\ d.pend = 0 /\ ~d.relg /\ ~d.need
  /\ IF w \in Range(d.act.log) /\ Holds("commitKeepsID") /\ Holds("operationIDs")
       THEN Ack(Upto(d.act.log, w), w) /\ nd' = nd
       ELSE nd' = [nd EXCEPT ![n].pend = w] /\ st' = [st EXCEPT ![w] = "busy"] /\ UNCHANGED <<obs, bad, gone>>
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph>>
GotCom(d, a) == [d EXCEPT !.rpc = [ty |-> "com", c |-> a.c]]
Com(n) == LET d == nd[n] IN        \* the first copy and others; may be executed after the session's end
  /\ d.pend # 0 /\ d.act # NoAct /\ d.rpc = NoRpc /\ ~d.need
  /\ Exec(n, ComReq(n, d.pend), GotCom)
  /\ LET a == Res(ComReq(n, d.pend)) IN
     bad' = IF bad = "" /\ a.c = "OK" /\ a.cart.log # Append(d.act.log, d.pend)
            THEN "committed on another state than it was decided on" ELSE bad
  /\ UNCHANGED <<gen, sess, ck, losses, obs, st, gone>>

GotRel(d, a) == IF a.c = "REGR" THEN [d EXCEPT !.need = TRUE] ELSE Drop(d)
Release(n) == LET d == nd[n]  r == [ty |-> "rel", s |-> Cur(n), e |-> d.act.e, q |-> Len(d.act.log)] IN
  /\ "rel" \in Late /\ d.act # NoAct /\ d.rpc = NoRpc /\ d.pend = 0 /\ ~d.need
  /\ IF ~d.relg THEN d.rd = NoRd /\ nd' = [nd EXCEPT ![n].relg = TRUE] /\ UNCHANGED <<cart, tm, orph>>
     ELSE Exec(n, r, GotRel) \/ LateOnly(n, r)
  /\ UNCHANGED <<gen, sess, ck, losses, obs, st, bad, gone>>
Lost(n, ty) == [ty |-> ty, s |-> Cur(n), e |-> nd[n].act.e, q |-> Len(nd[n].act.log), log |-> nd[n].act.log,
                g |-> nd[n].kg, a |-> nd[n].na,
                t |-> IF Holds("republishNamesDeadline") THEN nd[n].dl ELSE FRESH]  \* t ticks to the last time
GotSur(d, a) == IF a.c = "STALE" THEN d ELSE Drop(d)
Surrender(n) == LET d == nd[n] IN  \* Redis lost what is being released
  /\ d.relg /\ d.need /\ d.act # NoAct
  /\ Exec(n, Lost(n, "sur"), GotSur) \/ LateOnly(n, Lost(n, "sur"))
  /\ UNCHANGED <<gen, sess, ck, losses, obs, st, bad, gone>>

GotRep(d, a) == IF a.c = "OK" THEN [d EXCEPT !.act.e = a.cart.e, !.need = FALSE, !.sw = d.kg]
                ELSE IF a.c = "STALE" THEN d ELSE [Drop(d) EXCEPT !.sw = d.kg]
Repub(n) == LET d == nd[n] IN      \* after LOST or REGRESSED, or as the check of a sweep
  /\ Valid(n) /\ d.act # NoAct /\ d.rpc = NoRpc /\ ~d.relg /\ tm <= MaxE
  /\ d.need \/ (d.kg # d.sw /\ d.pend = 0)
  /\ \/ /\ Exec(n, Lost(n, "rep"), GotRep)
        /\ st' = IF Res(Lost(n, "rep")).c = "FENCED" THEN UnkSt(d) ELSE st
     \/ /\ "rep" \in Late /\ Room(Lost(n, "rep")) /\ orph' = orph \cup {Lost(n, "rep")}
        /\ nd' = [nd EXCEPT ![n].need = TRUE]      \* nothing else is done until another copy is answered
        /\ UNCHANGED <<cart, tm, st>>
  /\ UNCHANGED <<gen, sess, ck, losses, obs, bad, gone>>
SweepNone(n) == LET d == nd[n] IN  \* nothing to sweep
  /\ d.kg # d.sw /\ d.act = NoAct /\ (d.rpc = NoRpc \/ ~Holds("sweepWaitsForClaims")) /\ Alive(n)
  /\ nd' = [nd EXCEPT ![n].sw = d.kg]
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, obs, st, bad, gone>>
RpcDrop(n) == LET d == nd[n] IN    \* the answer is lost
  /\ d.rpc # NoRpc
  /\ IF ~Holds("commitKeepsID") /\ d.rpc.ty = "com"
       THEN nd' = [nd EXCEPT ![n].rpc = NoRpc, ![n].pend = 0] /\ st' = UnkSt(d)
       ELSE nd' = [nd EXCEPT ![n].rpc = NoRpc] /\ st' = st
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, obs, bad, gone>>
RpcReply(n) == LET d == nd[n]  p == d.rpc IN
  /\ p # NoRpc
  /\ CASE p.ty = "claim" ->
            /\ nd' = [nd EXCEPT ![n].rpc = NoRpc,
                        ![n].act = IF p.c = "OK" THEN [e |-> p.e, log |-> p.log] ELSE NoAct]
            /\ UNCHANGED <<obs, st, bad, gone>>
       [] p.ty = "com" /\ p.c = "OK" ->
            LET log1 == Append(d.act.log, d.pend) IN
            /\ nd' = [nd EXCEPT ![n].rpc = NoRpc, ![n].pend = 0, ![n].act.log = log1]
            /\ IF Valid(n) \/ ~Holds("acknowledgeWhileValid") THEN Ack(log1, d.pend)
               ELSE st' = UnkSt(d) /\ UNCHANGED <<obs, bad, gone>>
       [] p.ty = "com" /\ p.c \in {"REGR","LOST"} ->
            /\ IF ~Holds("republish") THEN nd' = [nd EXCEPT ![n] = Drop(d)] /\ st' = UnkSt(d)
               ELSE nd' = [nd EXCEPT ![n].rpc = NoRpc, ![n].need = TRUE] /\ st' = st
            /\ UNCHANGED <<obs, bad, gone>>
       [] OTHER ->                                            \* FENCED
            nd' = [nd EXCEPT ![n] = Drop(d)] /\ st' = UnkSt(d) /\ UNCHANGED <<obs, bad, gone>>
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph>>

(***** reads: begin and read memory ... pause ... check the deadline and answer. To begin as late and to answer
       as early as possible is the hardest case, so both pairs are one step. *****)
RdMem(n) == LET d == nd[n] IN
  /\ d.act # NoAct /\ d.rd = NoRd /\ ~d.relg /\ d.act.log # obs
  /\ nd' = [nd EXCEPT ![n].rd = [st |-> "m", f |-> obs, v |-> d.act.log]]
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, obs, st, bad, gone>>
RdAns(n) == LET d == nd[n]  v == d.rd.v IN
  /\ d.rd # NoRd
  /\ Valid(n) \/ ~Holds("deadlineCheck")
  /\ nd' = [nd EXCEPT ![n].rd = NoRd]
  /\ obs' = Longer(obs, v) /\ gone' = Comes(v)
  /\ bad' = IF bad # "" THEN bad ELSE IF ~Prefix(d.rd.f, v) THEN "stale read"
            ELSE IF ~Comparable(v, obs) THEN "read diverges" ELSE bad
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, orph, st>>

NotFound(n) ==                     \* a client is told that there is no such cart
  /\ Valid(n) /\ Settled(n) /\ nd[n].act = NoAct /\ nd[n].rpc = NoRpc /\ cart.o = AbsS /\ nd[n].kg = gen
  /\ gone' = gone \cup Lacks(<<>>) /\ gone' # gone
  /\ UNCHANGED <<gen, sess, cart, tm, ck, losses, nd, orph, obs, st, bad>>

(************************* losses of Redis's data ***************************)
Checkpoint == /\ losses < MaxLoss
              /\ \/ "roll" \in LossKind /\ ck = NoCk /\ ck' = [s |-> sess, c |-> cart]
                 \/ "indep" \in LossKind /\ ck.s = <<>> /\ ck' = [ck EXCEPT !.s = sess]
                 \/ "indep" \in LossKind /\ ck.c = <<>> /\ ck' = [ck EXCEPT !.c = cart]
              /\ UNCHANGED <<gen, sess, cart, tm, losses, nd, orph, obs, st, bad, gone>>
Loss == /\ losses < MaxLoss /\ losses' = losses + 1 /\ gen' = gen + 1 /\ ck' = NoCk
        /\ \/ /\ ck # NoCk
              /\ sess' = IF ck.s = <<>> THEN sess ELSE ck.s
              /\ cart' = IF ck.c = <<>> THEN cart ELSE ck.c
           \/ /\ "total" \in LossKind
              /\ sess' = [s \in Sess |-> Absent] /\ cart' = NoCart
        /\ RelaxTo(cart', nd, losses')
        /\ UNCHANGED <<tm, orph, st, bad, gone>>

NodeNext(n) == \/ End(n) \/ Hb(n) \/ HbExec(n) \/ HbDrop(n) \/ HbReply(n) \/ HbLate(n)
               \/ Claim(n) \/ Write(n) \/ Com(n) \/ Release(n) \/ Surrender(n) \/ Repub(n) \/ SweepNone(n)
               \/ RpcDrop(n) \/ RpcReply(n) \/ RdMem(n) \/ RdAns(n) \/ NotFound(n)
               \/ \E x \in Sess : Tomb(n,x)
Next == Tick \/ OrphExec \/ Checkpoint \/ Loss \/ \E n \in Node : NodeNext(n)
Spec == Init /\ [][Next]_vars

(************************* promises *****************************************)
Consistent == bad = ""
Durable == losses = 0 => Prefix(obs, cart.log)
Once == NoDup(cart.log) /\ \A n \in Node : NoDup(nd[n].act.log)
Kept == Prefix(obs, cart.log) \/ Holders(obs, nd) # {}    \* what a client was told is in Redis or with its owner
StaysGone == 0 \notin gone                                \* what a client was told is lost does not come back

(************************* lemmas *******************************************)
TombstonesAreTrue == \A n \in Node : Valid(n) => ~sess[Cur(n)].d
OneServes == Cardinality({n \in Node : Valid(n) /\ nd[n].act # NoAct /\ ~nd[n].relg}) <= 1

(* values of K *)
K1 == <<1>>
K11 == <<1,1>>
=============================================================================
