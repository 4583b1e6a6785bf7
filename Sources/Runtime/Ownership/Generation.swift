/// One unbroken life of the data in the store. It changes when the store restarts, fails over, is flushed or
/// replaced: whenever it may have lost something that it had acknowledged.
///
/// In a store of many servers each server has its own. What is decided for an actor then names the facts of every
/// server that may execute it: the one that serves the actor's slot, and the one that takes the slot from it.
package struct Generation: Hashable, Sendable, CustomStringConvertible {
    /// The random id that lies in the data itself; gone after a flush.
    package let dataSet: String
    /// The id of the store's server process; another after each restart.
    package let run: String
    /// The replication id; another after a fail-over.
    package let replication: String
    /// The server's configuration epoch, which grows when it takes slots; nil in a store of one server.
    package let epoch: UInt64?
    /// The tag of the key on the server that holds the data set's id; nil in a store of one server.
    package let marker: String?
    /// The generation of the server that takes the actor's slot; empty unless the slot migrates, and one at most.
    /// Either server may execute what names both.
    package let target: [Generation]

    package init(
        dataSet: String,
        run: String,
        replication: String,
        epoch: UInt64? = nil,
        marker: String? = nil,
        target: [Generation] = []
    ) {
        self.dataSet = dataSet
        self.run = run
        self.replication = replication
        self.epoch = epoch
        self.marker = marker
        self.target = target
    }

    /// The three ids in one word, as a session's entry names the generation that it calls settled; with the epoch,
    /// and the target after a blank, where there are any.
    package var description: String {
        var text = "\(dataSet):\(run):\(replication)"
        if let epoch { text += "@\(epoch)" }
        for other in target { text += " \(other.description)" }
        return text
    }

    /// True if no data can have been lost between the two: they differ in the epoch and the target at most.
    package func isSameLife(as other: Generation) -> Bool {
        dataSet == other.dataSet && run == other.run && replication == other.replication
            && marker == other.marker
    }

    /// The same while the slot migrates to a server.
    package func migrating(to target: Generation) -> Generation {
        Generation(
            dataSet: dataSet,
            run: run,
            replication: replication,
            epoch: epoch,
            marker: marker,
            target: [target]
        )
    }
}
