/// One unbroken life of the data in the store. It changes when the store restarts, fails over, is flushed or
/// replaced: whenever it may have lost something that it had acknowledged.
package struct Generation: Hashable, Sendable, CustomStringConvertible {
    /// The random id that lies in the data itself; gone after a flush.
    package let dataSet: String
    /// The id of the store's server process; another after each restart.
    package let run: String
    /// The replication id; another after a fail-over.
    package let replication: String

    package init(dataSet: String, run: String, replication: String) {
        self.dataSet = dataSet
        self.run = run
        self.replication = replication
    }

    /// The three ids in one word, as a session's entry names the generation that it calls settled.
    package var description: String { "\(dataSet):\(run):\(replication)" }
}
