internal import NodeConfiguration

extension Check {
    /// What reaches beyond this machine.
    static let exposure = Check.settings("exposure") { node in
        let settings = node.settings
        var verdicts: [Verdict] = []
        if settings.prices == .any, !ServerFacts.isLoopback(settings.http.host) {
            verdicts.append(
                .note(
                    "Whoever reaches \(settings.http) may name prices (prices any).",
                    why: "A browser that reaches /v1 can buy at its own price.",
                    mend: "Let only your backend reach it, or set prices trusted and a trusted-token-file."
                )
            )
        }
        if !ServerFacts.isLoopback(settings.operations.host) {
            verdicts.append(
                .note(
                    "The operations port can be reached from elsewhere (\(settings.operations)).",
                    why: "It names addresses and tells the state of the cluster.",
                    mend: "Let only probes, Prometheus and operators reach it."
                )
            )
        }
        if settings.link.certificate.isEmpty, !ServerFacts.isLoopback(settings.link.listen.host) {
            verdicts.append(
                .note(
                    "The link is not encrypted (\(settings.link.listen)).",
                    why: "Whoever is on its network can read carts, and change them.",
                    mend:
                        "Let only nodes be on that network, or set link-tls-cert, link-tls-key and link-tls-ca."
                )
            )
        }
        return verdicts
    }
}
