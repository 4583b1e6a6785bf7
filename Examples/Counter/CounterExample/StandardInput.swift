import Foundation

enum StandardInput {
    /// The lines of standard input, read on a thread of their own: to read them blocks.
    ///
    /// The buffer has no bound: it holds what a person typed ahead.
    static func lines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return lines
    }
}
