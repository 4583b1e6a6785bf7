/// The product and the version of a server.
package struct ServerVersion: Sendable, Hashable, CustomStringConvertible {
    package enum Product: String, Sendable, Hashable {
        case redis = "Redis"
        case valkey = "Valkey"
    }

    package var product: Product
    package var release: Release

    package init(_ product: Product, _ release: Release) {
        self.product = product
        self.release = release
    }

    /// Nil if `INFO` names no version that can be read. Valkey names there the version of Redis that it
    /// resembles, and its own.
    init?(info: [String: String]) {
        let own = info["valkey_version"]
        guard let release = (own ?? info["redis_version"]).flatMap(Release.init) else { return nil }
        self.init(own == nil ? .redis : .valkey, release)
    }

    package var description: String { "\(product.rawValue) \(release)" }
}

/// The three numbers of a version.
package struct Release: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int
    package var patch: Int

    /// Nil for anything but two or three numbers. What follows a dash is ignored.
    package init?(_ text: String) {
        let parts = text.prefix { $0 != "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, (2...3).contains(numbers.count), numbers.allSatisfy({ $0 >= 0 })
        else { return nil }
        (major, minor, patch) = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
    }

    /// True for releases of one branch, which get fixes without other changes.
    package func isOfBranch(of other: Release) -> Bool { major == other.major && minor == other.minor }

    package static func < (a: Release, b: Release) -> Bool {
        (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }
}
