/// What a node brings to its page.
package struct DashboardSources: Sendable {
    /// A name of this process that no other has.
    let process: String
    /// `host:port` at which operators and the other nodes reach this node's operations port.
    let operations: String
    let sample: @Sendable () async -> NodeSample
    let redis: @Sendable () async -> RedisView
    /// What the node's doctor last found, without waiting for an examination; nil if it has not examined yet.
    let doctor: @Sendable () async -> [DoctorFinding]?
    /// Asks a node for its report by the address of its operations port; nil if it does not answer.
    let report: @Sendable (String) async -> NodeReport?

    package init(
        process: String,
        operations: String,
        sample: @escaping @Sendable () async -> NodeSample,
        redis: @escaping @Sendable () async -> RedisView,
        doctor: @escaping @Sendable () async -> [DoctorFinding]?,
        report: @escaping @Sendable (String) async -> NodeReport?
    ) {
        self.process = process
        self.operations = operations
        self.sample = sample
        self.redis = redis
        self.doctor = doctor
        self.report = report
    }
}
