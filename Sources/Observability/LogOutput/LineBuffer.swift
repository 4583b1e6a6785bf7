/// Decides which lines wait for the log's output, and which are lost: a queue of bytes with a limit, and the
/// number of lines that found no room.
struct LineBuffer {
    /// What the writer gets at once.
    struct Batch: Equatable {
        var bytes: [UInt8] = []
        var lines = 0
        /// The number of lines that were lost behind these.
        var lost = 0

        var isEmpty: Bool { bytes.isEmpty && lost == 0 }
    }

    /// Bytes.
    private let limit: Int
    private var waiting = Batch()
    /// True while the writer sleeps and has to be woken.
    private var isWriterIdle = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a line in, or counts it as lost: always, once one was lost and the writer has not come since, so
    /// that the report of it stands where lines are missing.
    ///
    /// - Returns: true if the writer has to be woken.
    mutating func append(_ line: [UInt8]) -> Bool {
        if waiting.lost == 0, waiting.bytes.count + line.count <= limit {
            waiting.bytes += line
            waiting.lines += 1
        } else {
            waiting.lost += 1
        }
        defer { isWriterIdle = false }
        return isWriterIdle
    }

    /// Hands everything over to the writer.
    ///
    /// - Parameter mayRest: if there is nothing, the writer rests, and has to be woken for the next line.
    mutating func take(mayRest: Bool) -> Batch {
        let batch = waiting
        waiting = Batch()
        isWriterIdle = mayRest && batch.isEmpty
        return batch
    }
}
