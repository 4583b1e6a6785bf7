extension Check {
    /// Published flaws, by the version alone: the server does not tell which fixes its package has.
    static let vulnerabilities = Check.redis("vulnerabilities") { redis, _ in
        guard let version = redis.version, version.release.major >= 7 else { return [] }
        let found = Vulnerability.known.filter { $0.affects(version) }
        guard let newest = found.last else {
            return [.ok("\(version) has no published flaw that is known here.")]
        }
        let names = Words.list(found.reversed().map(\.name), atMost: 3)
        let why =
            "The last of them: \(newest.effect). Whoever may run scripts on the server, as nodes must, or can "
            + "reach its port, could use it."
        guard comesFromPackage(redis.info["executable"]) else {
            return [
                .warning(
                    "\(version) has \(Words.count(found.count, "published flaw")): \(names).",
                    why: why,
                    mend: "Install the newest release of a branch that is still maintained."
                )
            ]
        }
        return [
            .note(
                "\(version) has \(Words.count(found.count, "published flaw")) unless its package has the fixes: \(names).",
                why: why + " Distributions add fixes without a new version, which the server does not tell.",
                mend: "Keep the package up to date, and look into its changelog for these names."
            )
        ]
    }

    /// True for a program where only packages install programs.
    private static func comesFromPackage(_ program: String?) -> Bool {
        ["/usr/bin/", "/usr/sbin/"].contains { program?.hasPrefix($0) == true }
    }
}
