package import CartWorkload
internal import ServerTesting

// Stored carts, read from Redis without the nodes.

extension Cluster {
    /// The Redis key of a cart.
    package static func key(of cart: CartName) -> String { "cart:{\(cart.text)}" }

    /// The stored version of each cart, by number: 0 for a missing cart, none for a cart that Redis does not
    /// answer for.
    package func storedVersions(of carts: [CartName]) -> [Int: UInt64] {
        var versions: [Int: UInt64] = [:]
        for cart in carts {
            let words = stored("HGET", Self.key(of: cart), "q").split(separator: "\r\n")
            guard let head = words.first else { continue }
            if head == "$-1" {
                versions[cart.number] = 0
            } else if words.count > 1, let version = UInt64(words[1]) {
                versions[cart.number] = version
            }
        }
        return versions
    }

    /// The reply of the server that has the key; empty if none answers.
    private func stored(_ words: String...) -> String {
        let elsewhere = ["-MOVED", "-ASK", "-CLUSTERDOWN"]
        for server in servers() {
            let reply = server.command(words)
            if !reply.isEmpty, !elsewhere.contains(where: reply.hasPrefix) { return reply }
        }
        return ""
    }

    /// The current owner of each cart, as stored in Redis. Ends at the first cart that Redis does not answer
    /// for.
    func ownership(of carts: [CartName]) -> [OwnershipFact] {
        var facts: [OwnershipFact] = []
        for cart in carts {
            let reply = stored("HMGET", Self.key(of: cart), "o", "e", "q")
            guard !reply.isEmpty else { break }
            let words = reply.split(separator: "\r\n", omittingEmptySubsequences: false)
            // Three bulk strings: each a length and a value, or only a length of -1.
            guard words.count >= 7, let epoch = UInt64(words[4]), let sequence = UInt64(words[6]) else {
                continue
            }
            let owner = words[2].isEmpty ? nil : String(words[2])
            facts.append(OwnershipFact(cart: cart.number, epoch: epoch, session: owner, sequence: sequence))
        }
        return facts
    }
}
