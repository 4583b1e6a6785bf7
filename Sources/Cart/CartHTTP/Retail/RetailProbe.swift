/// A path that the AWS retail store's charts and pages ask its services for, as Spring Boot serves it.
enum RetailProbe: String {
    /// Everything together: as `readiness`, and the names of both.
    case health = "/actuator/health"
    /// Up as long as the process can answer: a probe that fails may restart the node.
    case liveness = "/actuator/health/liveness"
    /// Up while clients should call the node.
    case readiness = "/actuator/health/readiness"
    /// The store behind the carts, for the shop's page of its parts.
    case topology = "/topology"

    /// The methods that are allowed, as `Allow` lists them.
    static let methods = "GET, HEAD, OPTIONS"

    /// Nil for every other request target. A query is ignored.
    init?(target: String) {
        guard let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first
        else { return nil }
        self.init(rawValue: String(path))
    }

    /// The probe's answer.
    ///
    /// - Parameter isReady: whether clients should call the node.
    func answer(isReady: Bool) -> (isUp: Bool, body: String) {
        switch self {
        case .liveness:
            (true, #"{"status":"UP"}"#)
        case .readiness:
            (isReady, #"{"status":"\#(Self.word(isReady))"}"#)
        case .health:
            (isReady, #"{"status":"\#(Self.word(isReady))","groups":["liveness","readiness"]}"#)
        case .topology:
            // The members of the original, which tells everybody the address of its table.
            (true, #"{"persistenceProvider":"redis","dynamodbTable":"N/A","dynamodbEndpoint":"N/A"}"#)
        }
    }

    /// The type of the answer to a request that accepts these types.
    func contentType(accepted: String?) -> String {
        switch self {
        case .topology: "application/json"
        case .health, .liveness, .readiness:
            accepted?.contains("application/json") == true
                ? "application/json" : "application/vnd.spring-boot.actuator.v3+json"
        }
    }

    private static func word(_ isReady: Bool) -> String { isReady ? "UP" : "OUT_OF_SERVICE" }
}
