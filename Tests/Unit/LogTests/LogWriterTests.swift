import Foundation
import Logging
import Testing

@testable import LogOutput

/// The buffer and the thread between those who log and a slow, full or closed output.
@Suite struct LogWriterTests {
    @Test func `a buffer takes lines up to its limit, then counts until the writer comes`() {
        var buffer = LineBuffer(limit: 4)
        #expect(buffer.take(mayRest: true).isEmpty)
        #expect(buffer.append([1, 2]) == true)
        #expect(buffer.append([3, 4]) == false)
        #expect(buffer.append([5]) == false)
        // Room or not: what is lost is lost in one place.
        #expect(buffer.append([]) == false)
        #expect(buffer.take(mayRest: true) == LineBuffer.Batch(bytes: [1, 2, 3, 4], lines: 2, lost: 2))
        #expect(buffer.append([6]) == false)
        #expect(buffer.take(mayRest: true) == LineBuffer.Batch(bytes: [6], lines: 1, lost: 0))
        #expect(buffer.take(mayRest: false).isEmpty)
        #expect(buffer.append([7]) == false)
    }

    @Test func `what was logged before the end is written`() throws {
        let pipe = Pipe()
        let writer = LogWriter(to: pipe.fileHandleForWriting.fileDescriptor) { _ in [] }
        for number in 0..<500 { writer.write(Array("line \(number)\n".utf8)) }
        writer.close(within: .seconds(10))
        try pipe.fileHandleForWriting.close()
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines == (0..<500).map { "line \($0)" })
    }

    @Test func `a reader that stands still holds nobody up, and learns later what it missed`() throws {
        let pipe = Pipe()
        var policy = LogWriter.Policy()
        policy.bufferBytes = 10_000
        let writer = LogWriter(to: pipe.fileHandleForWriting.fileDescriptor, policy: policy) {
            Array("lost \($0)\n".utf8)
        }
        let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
        // More than a pipe and the buffer hold together. It returns, though nobody reads.
        for _ in 0..<20_000 { writer.write(line) }
        let reader = Thread {
            writer.close(within: .seconds(10)); try? pipe.fileHandleForWriting.close()
        }
        reader.start()
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n")
        let lost = lines.compactMap { $0.wholeMatch(of: /lost (\d+)/).flatMap { Int($0.1) } }.reduce(0, +)
        let whole = lines.count { $0.utf8.count == 99 }
        #expect(lost > 0)
        #expect(whole + lost == 20_000)
        #expect(lines.allSatisfy { $0.hasPrefix("lost ") || $0.utf8.count == 99 })
    }

    @Test func `an output that is closed neither ends the process nor holds its end up`() throws {
        let pipe = Pipe()
        signal(SIGPIPE, SIG_IGN)
        let writer = LogWriter(to: pipe.fileHandleForWriting.fileDescriptor) { _ in [] }
        try pipe.fileHandleForReading.close()
        for _ in 0..<1_000 { writer.write(Array("line\n".utf8)) }
        let began = ContinuousClock.now
        writer.close(within: .seconds(30))
        #expect(began.duration(to: .now) < .seconds(20))
    }
}
