import NIOCore
import Testing

@testable import ConnectionAdmission

@Suite struct ConnectionCountsTests {
    private let home = ConnectionSource.v4(1)
    private let away = ConnectionSource.v4(2)

    @Test func `connections beyond a limit are refused until one closes`() {
        var counts = ConnectionCounts(limits: ConnectionLimits(total: 3, perAddress: 2))
        let first = (0..<3).map { _ in counts.admit(home, to: .http) }
        #expect(first == [.admitted, .admitted, .sourceFull])
        let second = [counts.admit(away, to: .grpc), counts.admit(away, to: .grpc)]
        #expect(second == [.admitted, .full])
        counts.remove(home, from: .http)
        let third = [counts.admit(away, to: .grpc), counts.admit(home, to: .http)]
        #expect(third == [.admitted, .full])
        #expect(counts.total == 3)
        #expect(counts.open(to: .http) == 1)
        #expect(counts.open(to: .grpc) == 2)
        #expect(counts.open(to: .retail) == 0)
        #expect(counts.count(.admitted, to: .http) == 2)
        #expect(counts.count(.sourceFull, to: .http) == 1)
        #expect(counts.count(.full, to: .http) == 1)
        #expect(counts.count(.full, to: .grpc) == 1)
    }

    @Test func `one source may not have more than all`() {
        #expect(ConnectionLimits(total: 2, perAddress: 3) == ConnectionLimits(total: 2, perAddress: 2))
    }

    @Test func `a source without connections leaves nothing behind and cannot lower the count`() {
        var counts = ConnectionCounts(limits: ConnectionLimits(total: 1, perAddress: 1))
        counts.remove(home, from: .http)
        #expect(counts.total == 0)
        for _ in 0..<3 {
            #expect(counts.admit(home, to: .http) == .admitted)
            counts.remove(home, from: .http)
        }
        #expect(counts.total == 0)
    }

    @Test func `an IPv6 network is one source, and an IPv4 address is one however it is written`() throws {
        func source(_ address: String) throws -> ConnectionSource {
            ConnectionSource(try SocketAddress(ipAddress: address, port: 1))
        }
        #expect(try source("2001:db8:0:1::1") == source("2001:db8:0:1:ffff::2"))
        #expect(try source("2001:db8:0:1::1") != source("2001:db8:0:2::1"))
        #expect(try source("::ffff:10.0.0.7") == source("10.0.0.7"))
        #expect(try source("10.0.0.7") == .v4(0x0A00_0007))
        #expect(try source("10.0.0.7") != source("10.0.0.8"))
        #expect(try source("::1") == .v6(network: 0))
        #expect(ConnectionSource(nil) == .other)
    }
}
