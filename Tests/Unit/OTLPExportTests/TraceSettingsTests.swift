import RequestTracing
import Testing

@testable import OTLPExport

@Suite struct TraceSettingsTests {
    private static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"]

    private func read(_ variables: [String: String]) -> TraceSettings {
        TraceSettings(environment: Self.endpoint.merging(variables) { $1 })
    }

    @Test func `nothing is exported unless an endpoint is named`() {
        #expect(TraceSettings(environment: [:]) == TraceSettings())
        #expect(TraceSettings(environment: ["OTEL_TRACES_SAMPLER": "always_on"]).endpoint == nil)
        #expect(TraceSettings(environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": ""]).endpoint == nil)
        #expect(read([:]).endpoint?.description == "http://collector:4318/v1/traces")
        #expect(read(["OTEL_SDK_DISABLED": "TRUE"]).endpoint == nil)
        #expect(read(["OTEL_TRACES_EXPORTER": "none"]).endpoint == nil)
        #expect(read(["OTEL_TRACES_EXPORTER": "otlp"]).endpoint != nil)
    }

    @Test(arguments: [
        (nil, nil, Sampler(.never, followsParent: true)),
        ("always_on", nil, Sampler(.always, followsParent: false)),
        ("always_off", "1", Sampler(.never, followsParent: false)),
        ("traceidratio", "0.25", Sampler(.init(ratio: 0.25), followsParent: false)),
        ("traceidratio", nil, Sampler(.always, followsParent: false)),
        ("parentbased_always_on", nil, Sampler(.always, followsParent: true)),
        ("parentbased_always_off", nil, Sampler(.never, followsParent: true)),
        ("parentbased_traceidratio", "0.001", Sampler(.init(ratio: 0.001), followsParent: true)),
        ("parentbased_traceidratio", "0", Sampler(.never, followsParent: true)),
    ])
    func `each sampler of the specification is known`(name: String?, argument: String?, expected: Sampler) {
        var variables: [String: String] = [:]
        variables["OTEL_TRACES_SAMPLER"] = name
        variables["OTEL_TRACES_SAMPLER_ARG"] = argument
        let settings = read(variables)
        #expect(settings.sampler == expected)
        #expect(settings.warnings.isEmpty)
    }

    @Test(arguments: [
        ("OTEL_TRACES_SAMPLER", "jaeger_remote"), ("OTEL_BSP_SCHEDULE_DELAY", "5s"),
        ("OTEL_BSP_SCHEDULE_DELAY", "-1"), ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "99999999999999999999"), ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"), ("OTEL_EXPORTER_OTLP_TIMEOUT", ""),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "x"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b"), ("OTEL_RESOURCE_ATTRIBUTES", "a=%zz"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "no-value"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0aevil: 1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a b=1"),
    ])
    func `a bad value is ignored with a warning that names its variable`(name: String, value: String) {
        let settings = read([name: value])
        var others = settings
        others.warnings = []
        #expect(others == read([:]))
        #expect(settings.warnings.count == (value.isEmpty ? 0 : 1))
        #expect(settings.warnings.allSatisfy { $0.hasPrefix(name + " is ignored: ") })
    }

    @Test func `a bad argument of a sampler counts as none, and secrets are not shown`() {
        for bad in ["2", "-0.1", "x", "nan"] {
            let settings = read(["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": bad])
            #expect(settings.sampler == Sampler(.always, followsParent: false))
            #expect(settings.warnings.count == 1)
        }
        let settings = read(["OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20secret\n"])
        #expect(settings.headers.isEmpty)
        #expect(settings.warnings.allSatisfy { !$0.contains("secret") } && settings.warnings.count == 1)
    }

    @Test func `variables of traces go before those of all signals`() {
        let settings = read([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://t.example/in?x=1",
            "OTEL_EXPORTER_OTLP_HEADERS": "a=1",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "api-key = s%2Cecret ,b=2=3",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "250",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "/a", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE": "/t",
            "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_EXPORT_TIMEOUT": "3000",
            "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10",
        ])
        #expect(settings.endpoint?.target == "/in?x=1")
        // A query may hold a key, and the description is logged.
        #expect(settings.endpoint?.description == "https://t.example/in")
        #expect(
            settings.headers
                == [.init(name: "api-key", value: "s,ecret"), .init(name: "b", value: "2=3")]
        )
        #expect(settings.requestTimeout == .milliseconds(250) && settings.exportTimeout == .seconds(3))
        #expect(settings.authorities == "/t" && settings.delay == .milliseconds(100))
        #expect(settings.limits == SpanBatcher.Limits(queue: 100, batch: 10))
        #expect(settings.warnings.isEmpty)
    }

    @Test func `the resource is what the operator says, and the service's name above all`() {
        let identity = ProcessIdentity(
            read([
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=x,deployment.environment.name=te%20st",
                "OTEL_SERVICE_NAME": "carts",
            ]),
            node: "n1",
            version: "1.2"
        )
        let named = Dictionary(uniqueKeysWithValues: identity.resource.map { ($0.name, $0.value) })
        #expect(named["service.name"] == .text("carts"))
        #expect(named["service.instance.id"] == .text("n1"))
        #expect(named["deployment.environment.name"] == .text("te st"))
        #expect(named["telemetry.sdk.language"] == .text("swift"))
        let plain = ProcessIdentity(read([:]), node: "n1", version: "1.2").resource
        #expect(plain.contains(SpanAttribute("service.name", text: "cart-node")))
    }

    @Test(arguments: [
        ("http://h", "http://h/v1/traces"), ("http://h:4318/", "http://h:4318/v1/traces"),
        ("https://h/base", "https://h/base/v1/traces"), ("https://h:443/base/", "https://h/base/v1/traces"),
        ("HTTP://[::1]:4318", "http://[::1]:4318/v1/traces"), ("http://h#f", "http://h/v1/traces"),
    ])
    func `the path of traces goes behind that of the endpoint`(url: String, expected: String) {
        #expect(OTLPEndpoint(url, signalPath: "v1/traces")?.description == expected)
    }

    @Test(arguments: [
        "h:4318", "http://", "ftp://h", "http://h:0", "http://h:99999", "http://h:x", "http://u:p@h",
        "http://[::1", "http://a:b:1", "http://h/a b", "http://h/?x=1", "http://é", "//h", "http:/h",
    ])
    func `what is no endpoint is named in a warning`(url: String) {
        let settings = TraceSettings(environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": url])
        #expect(settings.endpoint == nil)
        #expect(settings.warnings.count == 1)
    }
}
