------------------------------ MODULE Sentinel ------------------------------
(* One cart behind Redis Sentinel: a master, its replicas, and old masters    *)
(* that go on answering without a bound after a replica was promoted.         *)
(* ../Ownership.tla has the protocol on one server, with late commands; this  *)
(* module has what a fail-over adds. Commands are executed and answered at    *)
(* once here. Off = {} is the protocol; each name in Off switches a rule off. *)
(* Clocks are stored as ticks left. The margin is 0, so that L - m = L + m.   *)
EXTENDS Naturals, FiniteSets

CONSTANTS Servers,    \* 1..n; 1 is the first master
          Acks,       \* replicas that WAIT has to reach
          L,          \* length of a lease, and of a wait, in ticks
          K,          \* K[n]: sessions that node n may have in turn
          NOps,       \* changes that clients ask for
          MaxE,       \* bound on epochs
          Promotions, \* bound on fail-overs
          Off         \* rules that do not hold
VARIABLES srv,        \* the servers
          top,        \* the server that the sentinels call the master
          gens,       \* promotions so far; the newest generation
          nd,         \* what each node knows
          tm,         \* the newest epoch: epochs are times
          next,       \* the next change
          told        \* ghost: changes that a client was told of, and that Redis or a valid owner has
vars == <<srv, top, gens, nd, tm, next, told>>

Holds(rule) == rule \notin Off
Node   == DOMAIN K
NoS    == <<0, 0>>                     \* no owner
NoAct  == [e |-> 0, c |-> {}]
NoOb   == [x |-> NoS, r |-> 0]
Dec(x) == IF x > 0 THEN x - 1 ELSE 0
Cur(n) == <<n, nd[n].k>>
Valid(d) == d.dl > 0
Serves(n) == Valid(nd[n]) /\ nd[n].act # NoAct

(* srv[i]: f whom it follows (itself: it is a master), g its generation, d its data: the record's owner, epoch and
   changes, and the sessions that have a tombstone.
   nd[n]: k session, dl ticks to its deadline, kg newest generation known, gt ticks until it is settled, sw generation
   that was swept, act the activation, ob observation of another session, kd sessions known dead *)
Init == /\ srv = [i \in Servers |-> [f |-> 1, g |-> 0, d |-> [o |-> NoS, e |-> 0, c |-> {}, t |-> {}]]]
        /\ top = 1 /\ gens = 0 /\ tm = 0 /\ next = 1 /\ told = {}
        /\ nd = [n \in Node |-> [k |-> 1, dl |-> L, kg |-> 0, gt |-> 0, sw |-> 0, act |-> NoAct, ob |-> NoOb, kd |-> {}]]

Master(i)    == srv[i].f = i
Followers(i) == {j \in Servers \ {i} : srv[j].f = i}
Older(d, a)  == d.e < a.e \/ (d.e = a.e /\ Cardinality(d.c) < Cardinality(a.c))

(* what a client was told is forgotten only where Redis lost it and no valid owner has it *)
Forget(s, t, ns) == told' = told \cap (s[t].d.c \cup UNION {ns[n].act.c : n \in {m \in Node : Valid(ns[m])}})

(***** servers *****)
Replicate(j) == LET i == srv[j].f IN     \* a replica has at any time what its master had at some time
  /\ i # j /\ srv[j].d # srv[i].d
  /\ srv' = [srv EXCEPT ![j].d = srv[i].d]
  /\ UNCHANGED <<top, gens, nd, tm, next, told>>
Promote(j) ==
  /\ gens < Promotions /\ srv[j].f = top /\ j # top
  /\ gens' = gens + 1 /\ top' = j
  /\ srv' = [srv EXCEPT ![j].f = j, ![j].g = gens + 1]
  /\ Forget(srv, j, nd)
  /\ UNCHANGED <<nd, tm, next>>
Reconfigure(j) ==                        \* a sentinel reaches an old master, or a replica that follows one
  /\ j # top /\ srv[j].f # top
  /\ srv' = [srv EXCEPT ![j].f = top, ![j].d = srv[top].d]
  /\ UNCHANGED <<top, gens, nd, tm, next, told>>

(* WAIT: so many followers have what the master has. A follower that was promoted does not answer it any more. *)
Needed == IF Holds("waitForAll") THEN Acks ELSE 1
Confirmed(i, s) == IF Needed > Cardinality(Followers(i)) THEN {} ELSE
  {[j \in Servers |-> IF j \in J THEN [s[j] EXCEPT !.d = s[i].d] ELSE s[j]]
     : J \in {X \in SUBSET Followers(i) : Cardinality(X) = Needed}}

(***** sessions *****)
Ended(d) == [d EXCEPT !.dl = 0, !.act = NoAct, !.ob = NoOb]
Tick ==
  LET ns == [n \in Node |-> LET d == [nd[n] EXCEPT !.dl = Dec(@), !.gt = Dec(@), !.ob.r = Dec(@)]
                            IN IF Valid(nd[n]) /\ ~Valid(d) THEN Ended(d) ELSE d]
  IN nd' = ns /\ Forget(srv, top, ns) /\ UNCHANGED <<srv, top, gens, tm, next>>

Speaks(n, i) == Master(i) /\ (srv[i].g >= nd[n].kg \/ ~Holds("oldMasterIgnored"))
Learn(d, g) == IF g = d.kg THEN d
               ELSE [d EXCEPT !.kg = g, !.gt = IF Holds("generationGate") THEN L ELSE 0,
                              !.ob = IF Holds("generationVoids") THEN NoOb ELSE @]
Heartbeat(n, i) ==
  LET fresh == ~Valid(nd[n])
      k     == IF fresh THEN nd[n].k + 1 ELSE nd[n].k
      d1    == Learn([nd[n] EXCEPT !.k = k], srv[i].g)
      d2    == IF d1.act = NoAct THEN [d1 EXCEPT !.sw = d1.kg] ELSE d1
      seen  == [m \in Node |-> IF m # n /\ nd[m].ob.x = <<n, k>> /\ nd[m].kg = srv[i].g
                               THEN [nd[m] EXCEPT !.ob = NoOb] ELSE nd[m]]   \* the counter that they observe moves
      counts == d2.sw = d2.kg \/ ~Holds("sweepBeforeLease")
  IN
  /\ Speaks(n, i) /\ k <= K[n]
  /\ IF <<n, k>> \in srv[i].d.t THEN nd' = [nd EXCEPT ![n] = Ended(@)] /\ srv' = srv /\ Forget(srv, top, nd')
     ELSE /\ told' = told
          /\ \/ /\ counts                         \* counts, with WAIT
                /\ IF Holds("waitForHeartbeats") THEN srv' \in Confirmed(i, srv) ELSE srv' = srv
                /\ nd' = [seen EXCEPT ![n] = [d2 EXCEPT !.dl = L]]
             \/ /\ ~fresh /\ ~counts               \* only tells the generation, with WAIT
                /\ IF Holds("waitForAnswers") THEN srv' \in Confirmed(i, srv) ELSE srv' = srv
                /\ nd' = [seen EXCEPT ![n] = d2]
  /\ UNCHANGED <<top, gens, tm, next>>

Foreign(n, x) == x # NoS /\ x[1] # n
Observe(n, i) == LET x == srv[i].d.o IN
  /\ Speaks(n, i) /\ srv[i].g = nd[n].kg /\ Valid(nd[n])
  /\ Foreign(n, x) /\ x \notin nd[n].kd \cup srv[i].d.t /\ nd[n].ob.x # x
  /\ nd' = [nd EXCEPT ![n].ob = [x |-> x, r |-> IF Holds("takeoverWaits") THEN L ELSE 0]]
  /\ UNCHANGED <<srv, top, gens, tm, next, told>>
Tombstone(n, i) ==                       \* also: finds the one of another node, which its heartbeat then confirms
  LET d == nd[n]  x == srv[i].d.o  w == [srv EXCEPT ![i].d.t = @ \cup {x}] IN
  /\ Speaks(n, i) /\ srv[i].g = d.kg /\ Valid(d) /\ Foreign(n, x) /\ x \notin d.kd
  /\ x \in srv[i].d.t \/ (d.ob.x = x /\ d.ob.r = 0)
  /\ \/ /\ IF Holds("waitForTombstones") THEN srv' \in Confirmed(i, w) ELSE srv' = w
        /\ nd' = [nd EXCEPT ![n].kd = @ \cup {x}, ![n].ob = NoOb]
     \/ x \notin srv[i].d.t /\ srv' = w /\ nd' = [nd EXCEPT ![n].ob = NoOb]
  /\ UNCHANGED <<top, gens, tm, next, told>>

(***** the cart *****)
Claim(n, i) ==
  LET d == nd[n]  r == srv[i].d IN
  /\ Speaks(n, i) /\ srv[i].g = d.kg /\ Valid(d) /\ d.gt = 0 /\ d.act = NoAct /\ tm < MaxE
  /\ r.o = NoS \/ r.o[1] = n \/ r.o \in d.kd
  /\ tm' = tm + 1
  /\ srv' = [srv EXCEPT ![i].d = [@ EXCEPT !.o = Cur(n), !.e = tm + 1]]
  /\ nd' = [nd EXCEPT ![n].act = [e |-> tm + 1, c |-> r.c], ![n].sw = d.kg]
  /\ UNCHANGED <<top, gens, next, told>>
Mine(r, n) == r.o = Cur(n) /\ r.e = nd[n].act.e /\ r.c = nd[n].act.c
Sweep(n, i) ==
  LET d == nd[n]  r == srv[i].d IN
  /\ Master(i) /\ srv[i].g = d.kg /\ Serves(n) /\ d.sw # d.kg
  /\ \/ /\ Mine(r, n)
        /\ nd' = [nd EXCEPT ![n].sw = d.kg] /\ UNCHANGED <<srv, tm, told>>
     \/ /\ Older(r, d.act) /\ tm < MaxE /\ tm' = tm + 1
        /\ srv' = [srv EXCEPT ![i].d = [@ EXCEPT !.o = Cur(n), !.e = tm + 1, !.c = d.act.c]]
        /\ nd' = [nd EXCEPT ![n].act.e = tm + 1, ![n].sw = d.kg] /\ UNCHANGED told
     \/ /\ ~Mine(r, n) /\ ~Older(r, d.act)
        /\ nd' = [nd EXCEPT ![n].act = NoAct, ![n].sw = d.kg] /\ UNCHANGED <<srv, tm>> /\ Forget(srv, top, nd')
  /\ UNCHANGED <<top, gens, next>>
Commit(n, i) ==                          \* any master that still has the record as the owner knows it, also an old one
  /\ Master(i) /\ Serves(n) /\ Mine(srv[i].d, n) /\ next <= NOps
  /\ next' = next + 1
  /\ srv' = [srv EXCEPT ![i].d.c = @ \cup {next}]
  /\ nd' = [nd EXCEPT ![n].act.c = @ \cup {next}]
  /\ told' = told \cup {next}
  /\ UNCHANGED <<top, gens, tm>>
Release(n, i) ==
  /\ Master(i) /\ Serves(n) /\ Mine(srv[i].d, n) /\ (srv[i].g = nd[n].kg \/ ~Holds("releaseNamesGeneration"))
  /\ srv' = [srv EXCEPT ![i].d.o = NoS]
  /\ nd' = [nd EXCEPT ![n].act = NoAct]
  /\ Forget(srv', top, nd')
  /\ UNCHANGED <<top, gens, tm, next>>

Next == \/ Tick
        \/ \E i \in Servers : Replicate(i) \/ Promote(i) \/ Reconfigure(i)
        \/ \E n \in Node, i \in Servers : \/ Heartbeat(n, i) \/ Observe(n, i) \/ Tombstone(n, i)
                                          \/ Claim(n, i) \/ Sweep(n, i) \/ Commit(n, i) \/ Release(n, i)
Spec == Init /\ [][Next]_vars

(***** promises *****)
OneServes == Cardinality({n \in Node : Serves(n)}) <= 1
Fresh == \A n \in Node : Serves(n) => told \subseteq nd[n].act.c    \* who serves has what clients were told
Durable == gens = 0 => told = 1..(next - 1)                       \* without a fail-over nothing is lost

K11 == <<1, 1>>
K21 == <<2, 1>>
=============================================================================
