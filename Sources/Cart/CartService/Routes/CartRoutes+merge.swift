import Cart
import Hummingbird

extension CartRoutes {
    /// Has the errand's cart take the lines of another, once.
    func merge(_ errand: Errand, _ wish: MergeWish) async throws(Problem) -> Response {
        let merging = CartMerging(
            wish,
            asker: asker,
            demand: errand.ifMatch,
            key: errand.key,
            deadline: errand.deadline,
            trace: errand.trace,
            now: sources.now
        )
        let accepted: Accepted
        do {
            accepted = try await merging.run()
        } catch {
            throw Problem(error, ifMatch: errand.ifMatch)
        }
        return try reply(to: errand, accepted)
    }
}
