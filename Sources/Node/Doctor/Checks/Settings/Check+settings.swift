internal import NodeConfiguration

extension Check {
    /// Whether a node would start with the settings, and what has no effect.
    static let settings = Check.settings("settings") { node in
        var verdicts = node.settings.warnings.map { line in
            Verdict.warning(
                "\(line).",
                why: "The node does something else than the operator meant.",
                mend: "Correct the setting, or remove it."
            )
        }
        if let refusal = node.refusal {
            verdicts.append(
                .error(
                    "A node would refuse these settings: \(refusal).",
                    why: "It exits with \(BadSetting.exitCode) before it does anything.",
                    mend: "See cart-node --help for the setting's values."
                )
            )
        }
        return verdicts.isEmpty ? [.ok("A node would accept these settings.")] : verdicts
    }
}
