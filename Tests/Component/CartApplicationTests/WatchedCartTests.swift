import ActorRuntime
import Cart
import CartActor
import CartTesting
import Testing

@testable import CartApplication

/// The moments at which a watched cart is read, and the watchers that a read serves.
@Suite struct WatchedCartTests {
    private let start = ContinuousClock.now
    private let failure = WatchFailure.host(
        HostFailure(.storeUnavailable, .notApplied, id: ActorID("c"), detail: "as wished")
    )

    private func update(_ version: UInt64) -> CartUpdate { CartUpdate(.cart(.none), version: version) }

    /// A cart that was found at a version.
    private func cart(at version: UInt64) -> WatchedCart {
        var cart = WatchedCart()
        cart.found(update(version))
        return cart
    }

    @Test func `one read serves all who heard of the same version`() {
        var cart = cart(at: 1)
        let terms = ReadTerms(known: 1, announced: 2)
        #expect(cart.watcher(1, needs: .version(2), at: start) == .read(terms))
        #expect(cart.watcher(2, needs: .version(2), at: start) == .wait)
        #expect(cart.watcher(3, needs: .recentRead, at: start) == .wait)
        let shown = WatchedCart.Action.show(update(2))
        #expect(cart.reader(1, got: .found(update(2)), at: start) == [1: shown, 2: shown, 3: shown])
        #expect(cart.watcher(4, needs: .version(2), at: start) == shown)
        #expect(cart.state == .resting)
    }

    @Test func `a read does not serve those who need one that begins after they came`() {
        var cart = cart(at: 1)
        let terms = ReadTerms(known: 1, announced: nil)
        #expect(cart.watcher(1, needs: .freshRead, at: start) == .read(terms))
        for watcher in 2...4 as ClosedRange<WatcherID> {
            #expect(cart.watcher(watcher, needs: .freshRead, at: start) == .wait)
        }
        let shown = WatchedCart.Action.show(update(1))
        #expect(cart.reader(1, got: .unchanged, at: start) == [1: shown, 2: .read(terms)])
        #expect(cart.reader(2, got: .unchanged, at: start) == [2: shown, 3: shown, 4: shown])
    }

    @Test func `a version that is announced during a read takes another read, unless it was found`() {
        for found in [2, 3] as [UInt64] {
            var cart = cart(at: 1)
            _ = cart.watcher(1, needs: .version(2), at: start)
            #expect(cart.watcher(2, needs: .version(3), at: start) == .wait)
            let actions = cart.reader(1, got: .found(update(found)), at: start)
            #expect(actions[1] == .show(update(found)))
            let again = WatchedCart.Action.read(ReadTerms(known: 2, announced: 3))
            #expect(actions[2] == (found == 2 ? again : .show(update(3))))
        }
    }

    @Test func `an owner that does not have an announced version is asked again, but not at once`() {
        var cart = cart(at: 1)
        _ = cart.watcher(1, needs: .version(2), at: start)
        _ = cart.watcher(2, needs: .version(2), at: start)
        let shown = WatchedCart.Action.show(update(1))
        #expect(cart.reader(1, got: .unchanged, at: start) == [1: shown, 2: shown])
        let again = cart.watcher(1, needs: .recentRead, at: start)
        #expect(again == .read(ReadTerms(known: 1, announced: nil)))
    }

    @Test func `a read serves those without news for a while`() {
        var cart = cart(at: 1)
        let read = WatchedCart.Action.read(ReadTerms(known: 1, announced: nil))
        #expect(cart.watcher(1, needs: .recentRead, at: start) == read)
        _ = cart.reader(1, got: .unchanged, at: start)
        let almost = start + WatchedCart.recency - .nanoseconds(1)
        #expect(cart.watcher(2, needs: .recentRead, at: almost) == .show(update(1)))
        #expect(cart.watcher(2, needs: .recentRead, at: start + WatchedCart.recency) == read)
    }

    @Test func `one who waits reads in place of a reader that left`() {
        var cart = cart(at: 1)
        let read = WatchedCart.Action.read(ReadTerms(known: 1, announced: 2))
        _ = cart.watcher(1, needs: .version(2), at: start)
        for watcher in 2...4 as ClosedRange<WatcherID> {
            _ = cart.watcher(watcher, needs: .version(2), at: start)
        }
        cart.stopWaiting(2)
        #expect(cart.reader(1, got: .abandoned, at: start) == [3: read])
        // Late, and from nobody who reads.
        #expect(cart.reader(1, got: .found(update(2)), at: start) == [:])
        let shown = WatchedCart.Action.show(update(2))
        #expect(cart.reader(3, got: .found(update(2)), at: start) == [3: shown, 4: shown])
    }

    @Test func `a failure is told to all whom the read was for, and the version is not forgotten`() {
        var cart = cart(at: 1)
        // A read of a moment ago says nothing of what is announced after it.
        _ = cart.watcher(1, needs: .freshRead, at: start)
        _ = cart.reader(1, got: .unchanged, at: start)
        _ = cart.watcher(1, needs: .version(2), at: start)
        _ = cart.watcher(2, needs: .version(2), at: start)
        #expect(cart.reader(1, got: .failed(failure), at: start) == [1: .fail(failure), 2: .fail(failure)])
        let again = cart.watcher(2, needs: .recentRead, at: start)
        #expect(again == .read(ReadTerms(known: 1, announced: 2)))
    }

    @Test func `a former read serves nobody once a newer version is announced or a read failed`() {
        for need in [.version(2), .freshRead] as [WatchNeed] {
            var cart = cart(at: 1)
            _ = cart.watcher(1, needs: .recentRead, at: start)
            _ = cart.reader(1, got: .unchanged, at: start)
            #expect(cart.watcher(2, needs: .recentRead, at: start) == .show(update(1)))
            _ = cart.watcher(1, needs: need, at: start)
            if need == .version(2) { #expect(cart.watcher(2, needs: .recentRead, at: start) == .wait) }
            cart.stopWaiting(2)
            _ = cart.reader(1, got: .failed(failure), at: start)
            let again = ReadTerms(known: 1, announced: need == .version(2) ? 2 : nil)
            #expect(cart.watcher(2, needs: .recentRead, at: start) == .read(again))
        }
    }

    @Test func `a cart that is not there any more is not known any more`() {
        var cart = cart(at: 1)
        _ = cart.watcher(1, needs: .freshRead, at: start)
        let gone = WatchFailure.rejected(.cartNotFound)
        #expect(cart.reader(1, got: .failed(gone), at: start) == [1: .fail(gone)])
        #expect(cart.latest == nil)
        let read = cart.watcher(2, needs: .version(9), at: start)
        #expect(read == .read(ReadTerms(known: nil, announced: nil)))
    }

    @Test func `an announced version below the known one takes a fresh read`() {
        var cart = cart(at: 5)
        let terms = ReadTerms(known: 5, announced: nil)
        #expect(cart.watcher(1, needs: .version(5), at: start) == .show(update(5)))
        #expect(cart.watcher(1, needs: .version(3), at: start) == .read(terms))
        // The read may have begun before that announcement.
        #expect(cart.watcher(2, needs: .version(3), at: start) == .wait)
        #expect(cart.reader(1, got: .unchanged, at: start) == [1: .show(update(5)), 2: .read(terms)])
        #expect(cart.reader(2, got: .found(update(3)), at: start) == [2: .show(update(3))])
        #expect(cart.watcher(3, needs: .version(3), at: start) == .show(update(3)))
    }

    @Test func `an older version is news where the store lost data, but not where the answer is late`() {
        for isLate in [false, true] {
            var cart = cart(at: 5)
            _ = cart.watcher(1, needs: .freshRead, at: start)
            if isLate { cart.found(update(6)) }
            let actions = cart.reader(1, got: .found(update(4)), at: start)
            #expect(actions == [1: .show(update(isLate ? 6 : 4))])
        }
    }
}
