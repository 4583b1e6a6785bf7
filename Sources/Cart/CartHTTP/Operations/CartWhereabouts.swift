package import ActorRuntime
package import Cart
internal import CartApplication
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import PercentEncoding

/// Tells operators where a cart is: `GET /carts/{id}` on the operations port. It only reads: the cart stays where
/// it is.
package struct CartWhereabouts: Sendable {
    /// What is known of a cart.
    package struct Finding: Sendable, Equatable {
        /// Nil if Redis has no such cart.
        package let version: UInt64?
        /// Nil if nobody owns it.
        package let owner: Owner?

        package init(version: UInt64?, owner: Owner?) {
            self.version = version
            self.owner = owner
        }
    }

    /// The session that owns a cart.
    package struct Owner: Sendable, Equatable {
        package let session: String
        /// The name of its node; nil if the node that was asked does not know the session.
        package let name: String?
        /// `alive`, `draining`, `silent` or `unknown`.
        package let condition: String

        package init(session: String, name: String?, condition: String) {
            self.session = session
            self.name = name
            self.condition = condition
        }
    }

    private let node: String
    private let find: @Sendable (CartID) async -> Result<Finding, StoreFailure>

    /// - Parameters:
    ///   - node: the name of the node that is asked.
    ///   - find: looks for a cart.
    package init(node: String, find: @escaping @Sendable (CartID) async -> Result<Finding, StoreFailure>) {
        self.node = node
        self.find = find
    }

    /// Adds the route to the operations port's router.
    package func add(to router: Router<some RequestContext>) {
        router.get("/carts/{id}") { [node, find] _, context in
            // The router leaves percent-encoding in place.
            let typed = context.parameters.get("id") ?? ""
            let id: CartID
            do throws(CartRejection) {
                id = try CartID(carried: PercentEncoding.decode(typed[...].utf8) ?? typed)
            } catch {
                return Response(Problem(.rejected(error)))
            }
            do throws(StoreFailure) {
                let finding = try await find(id).get()
                var writer = JSONWriter(capacity: 256)
                writer.finding(finding, of: id, seenBy: node)
                return Response(
                    status: .ok,
                    headers: [.contentType: "application/json", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: writer.buffer)
                )
            } catch {
                return Response(Problem(Refusal(error, about: id)))
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func finding(_ finding: CartWhereabouts.Finding, of id: CartID, seenBy node: String)
    {
        raw("{\"id\":")
        string(id.text)
        raw(",\"seenBy\":")
        string(node)
        raw(",\"record\":")
        if let version = finding.version {
            raw("{\"version\":")
            integer(version)
            raw("}")
        } else {
            raw("null")
        }
        raw(",\"owner\":")
        if let owner = finding.owner {
            raw("{\"session\":")
            string(owner.session)
            raw(",\"name\":")
            string(owner.name)
            raw(",\"condition\":")
            string(owner.condition)
            raw("}")
        } else {
            raw("null")
        }
        raw("}\n")
    }
}
