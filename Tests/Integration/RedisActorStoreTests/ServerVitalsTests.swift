import RedisActorStore
import Testing

@Suite struct ServerVitalsTests {
    @Test func `what INFO says is read, and an empty database has no keys`() {
        let vitals = RedisServerVitals(
            info: """
                # Server\r
                redis_version:7.2.4\r
                uptime_in_seconds:61\r
                role:master\r
                used_memory:1048576\r
                maxmemory:0\r
                connected_clients:12\r
                connected_slaves:1\r
                instantaneous_ops_per_sec:345\r

                """
        )
        #expect(vitals.version == "7.2.4")
        #expect(vitals.role == "master")
        #expect(vitals.uptime == 61)
        #expect(vitals.memory == 1_048_576)
        #expect(vitals.memoryLimit == nil)
        #expect(vitals.clients == 12)
        #expect(vitals.replicas == 1)
        #expect(vitals.commandsPerSecond == 345)
        #expect(vitals.keys == 0)
    }

    @Test func `the keys of all databases count, and a limit is one`() {
        let vitals = RedisServerVitals(
            info: """
                redis_version:7.0.0
                maxmemory:2048
                db0:keys=3,expires=1,avg_ttl=0
                db12:keys=4
                dbsize:keys=x
                """
        )
        #expect(vitals.keys == 7)
        #expect(vitals.memoryLimit == 2_048)
    }

    @Test(arguments: ["", "nonsense", "db0:keys=99999999999999999999", "used_memory:-\nrole"])
    func `what is no reply of Redis says nothing`(_ info: String) {
        let vitals = RedisServerVitals(info: info)
        #expect(vitals.version == nil && vitals.memory == nil && vitals.keys == nil)
    }
}
