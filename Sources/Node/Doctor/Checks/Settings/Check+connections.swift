internal import NodeConfiguration

extension Check {
    /// Limits on clients that contradict each other.
    static let connections = Check.settings("connections") { node in
        let settings = node.settings
        guard settings.streams > settings.connections.clients else { return [] }
        return [
            .note(
                "More streams (streams-limit \(settings.streams)) are allowed than connections (connections-limit "
                    + "\(settings.connections.clients)).",
                why:
                    "Over HTTP/1.1 each stream takes a connection: clients are then refused without an answer.",
                mend: "Raise connections-limit above streams-limit."
            )
        ]
    }
}
