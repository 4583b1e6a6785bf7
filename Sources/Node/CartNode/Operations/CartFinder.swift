import ActorRuntime
import Cart
import CartActor
import CartApplication
import Dashboard
import Ownership
import RedisActorStore

/// Tells where a cart is. It only reads: the cart stays where it is, and no session is observed for it.
struct CartFinder: Sendable {
    let store: RedisActorHistoryStore
    let directory: MembershipDirectory
    let dashboard: Dashboard
    /// This node's name.
    let node: String
    /// The silence after which a session counts as silent: several heartbeats.
    let silentAfter: Duration

    func look(_ typed: String) async -> DashboardRoutes.Look {
        let cart: CartID
        do {
            cart = try CartID(carried: typed)
        } catch {
            return .badID("no cart can have this id: 1…128 letters, digits and - _ . ~")
        }
        let id = ActorID(cart.text)
        do throws(StoreFailure) {
            let fields = try await store.fields(of: id)
            guard !fields.isEmpty else {
                return .found(CartFinding(id: cart.text, seenBy: node, record: nil, owner: nil))
            }
            let life = await timeToLive(of: id)
            let (record, session) = CartFinding.Record.read(fields, life: life)
            return .found(
                CartFinding(id: cart.text, seenBy: node, record: record, owner: await owner(session))
            )
        } catch {
            return .failed(error.reason)
        }
    }

    /// Nil also where Redis does not allow the question, which a node can do without.
    private func timeToLive(of id: ActorID) async -> Duration? {
        do throws(StoreFailure) {
            return try await store.timeToLive(of: id)
        } catch {
            return nil
        }
    }

    private func owner(_ session: SessionID?) async -> CartFinding.Owner? {
        guard let session else { return nil }
        let now = ContinuousClock.now
        let own = directory.session
        return CartFinding.Owner(
            session,
            named: await dashboard.name(of: session.rawValue),
            condition: own.id == session
                ? .own(isDraining: directory.isDraining, mayAct: own.mayAct(at: now))
                : .other(directory.knownStatus(of: session), directory.silence(of: session, at: now)),
            silentAfter: silentAfter
        )
    }
}

/// What a node knows of the session that owns a cart.
enum OwnerKnowledge {
    case own(isDraining: Bool, mayAct: Bool)
    case other(MembershipObserver.SessionStatus, MembershipObserver.Silence?)
}

extension CartFinding.Owner {
    init(_ session: SessionID, named name: String?, condition: OwnerKnowledge, silentAfter: Duration) {
        var (name, silence) = (name, nil as Silence?)
        let found: CartFinding.Condition
        switch condition {
        case .own(let isDraining, let mayAct):
            found = mayAct ? (isDraining ? .draining : .alive) : .silent
        case .other(.dead, _): found = .dead
        case .other(.absent, let seen):
            found = .unknown
            silence = seen.map(Silence.init)
        case .other(.present(let member), let seen):
            name = member.card.name
            let isSilent = seen.map { $0.lasted >= silentAfter } ?? false
            silence = isSilent ? seen.map(Silence.init) : nil
            found = isSilent ? .silent : member.condition == .draining ? .draining : .alive
        }
        self.init(session: session.rawValue, name: name, condition: found, silence: silence)
    }
}

extension Silence {
    init(_ silence: MembershipObserver.Silence) {
        self.init(lasted: silence.lasted / .seconds(1), left: silence.left / .seconds(1))
    }
}

extension CartFinding.Record {
    /// What the fields of a record tell without the cart's content, and the session that owns it.
    static func read(
        _ fields: [(name: [UInt8], value: [UInt8])],
        life: Duration?
    ) -> (CartFinding.Record, owner: SessionID?) {
        let bytes = fields.reduce(0) { $0 + $1.name.count + $1.value.count }
        var (version, owner, since) = (nil as UInt64?, nil as SessionID?, nil as Int64?)
        let state: CartFinding.State
        do throws(StoreFailure) {
            let actor = try ActorRecord(fields, about: "the cart")
            owner = actor.owner
            since = Int64(clamping: actor.epoch.rawValue / 1_000)
            if actor.sequence > .zero { version = actor.sequence.rawValue }
            state = CartFinding.State(of: actor)
        } catch {
            state = .unreadable
        }
        let record = CartFinding.Record(
            version: version,
            state: state,
            bytes: bytes,
            ownedSince: since,
            expiresIn: life.map { $0 / .seconds(1) }
        )
        return (record, owner)
    }
}

extension CartFinding.State {
    fileprivate init(of actor: ActorRecord) {
        guard actor.sequence > .zero else {
            self = .empty
            return
        }
        let reader = StateReader(decider: CartLogic(), codec: CartCodec())
        do throws(CodecFailure) {
            switch try reader.state(in: actor.content, at: actor.sequence).state.cart {
            case .none: self = .empty
            case .open: self = .open
            case .checkedOut: self = .ordered
            case .closing: self = .merging
            case .merged: self = .merged
            case .deleted: self = .deleted
            }
        } catch {
            self = .unreadable
        }
    }
}
