package import CartWorkload
internal import ServerTesting

// What lies in Redis, read past the nodes.

extension Cluster {
    /// The key that a cart is stored under.
    package static func key(of cart: CartName) -> String { "cart:{\(cart.text)}" }

    /// The version of each cart that is stored, by number; 0 for one that is not there.
    package func storedVersions(of carts: [CartName]) -> [Int: UInt64] {
        var versions: [Int: UInt64] = [:]
        for cart in carts {
            let words = redis.command("HGET", Self.key(of: cart), "q").split(separator: "\r\n")
            guard let head = words.first else { continue }
            if head == "$-1" {
                versions[cart.number] = 0
            } else if words.count > 1, let version = UInt64(words[1]) {
                versions[cart.number] = version
            }
        }
        return versions
    }

    /// Who owns each cart now, as Redis has it; nothing of those after one that it does not answer for.
    func ownership(of carts: [CartName]) -> [OwnershipFact] {
        var facts: [OwnershipFact] = []
        for cart in carts {
            let reply = redis.command("HMGET", Self.key(of: cart), "o", "e", "q")
            guard !reply.isEmpty else { break }
            let words = reply.split(separator: "\r\n", omittingEmptySubsequences: false)
            // Three bulk strings: a length and a value each, or a length of -1 alone.
            guard words.count >= 7, let epoch = UInt64(words[4]), let sequence = UInt64(words[6]) else {
                continue
            }
            let owner = words[2].isEmpty ? nil : String(words[2])
            facts.append(OwnershipFact(cart: cart.number, epoch: epoch, session: owner, sequence: sequence))
        }
        return facts
    }
}
