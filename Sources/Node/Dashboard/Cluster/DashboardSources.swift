/// What a node brings to its page.
package struct DashboardSources: Sendable {
    /// A name of this process that no other has.
    let process: String
    /// `host:port` at which operators and the other nodes reach this node's operations port.
    let operations: String
    let sample: @Sendable () async -> NodeSample
    /// What the node knows of Redis without asking it.
    let redis: @Sendable () -> RedisView
    /// The same with what Redis answers. It may take long, and ends soon once its task is cancelled.
    let askRedis: @Sendable (RedisView) async -> RedisView
    /// What the node's doctor last found, without waiting for an examination; nil if it has not examined yet.
    let doctor: @Sendable () async -> [DoctorFinding]?
    /// Asks a node for its report by the address of its operations port; nil if it does not answer.
    let report: @Sendable (String) async -> NodeReport?
    /// What a page shows to read the operations port at an address in place of the token; nil where none is asked
    /// for.
    let pass: @Sendable (String) -> String?

    package init(
        process: String,
        operations: String,
        sample: @escaping @Sendable () async -> NodeSample,
        redis: @escaping @Sendable () -> RedisView,
        askRedis: @escaping @Sendable (RedisView) async -> RedisView,
        doctor: @escaping @Sendable () async -> [DoctorFinding]?,
        report: @escaping @Sendable (String) async -> NodeReport?,
        pass: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.process = process
        self.operations = operations
        self.sample = sample
        self.redis = redis
        self.askRedis = askRedis
        self.doctor = doctor
        self.report = report
        self.pass = pass
    }
}
