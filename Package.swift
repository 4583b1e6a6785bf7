// swift-tools-version: 6.2

import PackageDescription

// The image is built from shipped code alone, so that a changed tool or test leaves its build layer valid.
let onlyProduct = Context.environment["CART_BUILD_ONLY_PRODUCT"] == "1"

// MARK: Settings
/// The language of every target: all upcoming features, so that a compiler upgrade is a quiet day.
let features = """
    ExistentialAny InternalImportsByDefault MemberImportVisibility NonisolatedNonsendingByDefault
    InferIsolatedConformances ImmutableWeakCaptures
    """
let language = [SwiftSetting.swiftLanguageMode(.v6)] + words(features).map { .enableUpcomingFeature($0) }

/// Hand-written targets add: no warning passes.
let strict: [SwiftSetting] = language + [.treatAllWarnings(as: .error)]

/// The generic runtime adds: its users specialise it (docs/decisions/0092). One target alone can have it.
let specialised = [SwiftSetting.unsafeFlags(["-enable-cmo-everything"], .when(configuration: .release))]

/// The packages of others: repository, exact version (docs/decisions/0035), and the libraries that we use.
let productPackages = """
    apple/swift-crypto 4.5.2 Crypto
    apple/swift-distributed-tracing 1.7.3 Tracing
    apple/swift-http-types 1.8.0 HTTPTypes
    apple/swift-log 1.16.2 Logging
    apple/swift-metrics 2.13.0 CoreMetrics
    apple/swift-nio 2.101.2 NIOCore NIOEmbedded NIOFoundationCompat NIOHTTP1 NIOPosix
    apple/swift-nio-extras 1.35.2 NIOHTTPTypes NIOHTTPTypesHTTP1
    apple/swift-nio-ssl 2.37.6 NIOSSL
    apple/swift-protobuf 1.39.0 SwiftProtobuf
    apple/swift-system 1.8.1 SystemPackage
    grpc/grpc-swift-2 2.4.3 GRPCCore
    grpc/grpc-swift-nio-transport 2.9.2 GRPCNIOTransportHTTP2Posix
    grpc/grpc-swift-protobuf 2.4.1 GRPCProtobuf
    hummingbird-project/hummingbird 2.28.1 Hummingbird HummingbirdCore HummingbirdTesting
    swift-server/swift-service-lifecycle 2.13.0 ServiceLifecycle UnixSignals
    swiftlang/swift-subprocess 1.0.2 Subprocess
    apple/swift-collections 1.6.0 DequeModule HeapModule
    apple/swift-configuration 1.4.0 Configuration
    """

/// Those that only tools and tests use.
let toolPackages = """
    apple/swift-argument-parser 1.8.2 ArgumentParser
    HdrHistogram/hdrhistogram-swift 0.2.0 Histogram
    jpsim/Yams 6.2.2 Yams
    swift-server/async-http-client 1.37.0 AsyncHTTPClient
    """

/// Traits other than the default ones.
let traits: [String: Set<Package.Dependency.Trait>] = [
    "swift-configuration": ["CommandLineArguments", "JSON", "YAML"],
    "hummingbird": [], "swift-subprocess": [],
]

func packages(_ lines: String) -> [(name: String, url: String, version: Version, libraries: [String])] {
    lines.split(separator: "\n").map { line in
        let words = words(String(line))
        let url = "https://github.com/" + words[0]
        return (last(words[0]), url, Version(stringLiteral: words[1]), Array(words[2...]))
    }
}

let allPackages = packages(onlyProduct ? productPackages : productPackages + "\n" + toolPackages)

func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }

func dependencies(_ names: String) -> [Target.Dependency] {
    words(names).map { name in
        let package = allPackages.first { $0.libraries.contains(name) }
        return package.map { .product(name: name, package: $0.name) } ?? .target(name: name)
    }
}

/// The last part of a path: a target's name, a package's name.
func last(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
/// Targets, a paragraph each: kind, path, and its imports, ours and others'; further lines are indented.
func targets(_ table: String) -> [Target] {
    let paragraphs = table.split(separator: "\n").reduce(into: [String]()) { paragraphs, line in
        if line.hasPrefix("    ") {
            paragraphs[paragraphs.count - 1] += line
        } else {
            paragraphs.append(String(line))
        }
    }
    return paragraphs.filter { !$0.hasPrefix("#") }.map { paragraph in
        let words = words(paragraph.replacing(":", with: ""))
        return target(words[0], at: words[1], uses: dependencies(words[2...].joined(separator: " ")))
    }
}

func target(_ kind: String, at path: String, uses: [Target.Dependency]) -> Target {
    let name = last(path)
    switch kind {
    case "system": return .systemLibrary(name: name, path: path)
    case "library":
        let flags = name == "ActorRuntime" ? strict + specialised : strict
        return .target(name: name, dependencies: uses, path: path, swiftSettings: flags)
    case "files":
        // C, which takes the files of this folder into the binary by `#embed` (docs/decisions/0104).
        return .target(name: name, path: path, exclude: ["Files"], cSettings: [.treatAllWarnings(as: .error)])
    case "generated":
        // It keeps the form and the warnings that its generator gave it.
        return .target(name: name, dependencies: uses, path: path, swiftSettings: [.swiftLanguageMode(.v6)])
    case "executable":
        return .executableTarget(name: name, dependencies: uses, path: path, swiftSettings: strict)
    case "tests":
        let files = name == "ProtocolTests" ? ["Clients"] : []
        return .testTarget(name: name, dependencies: uses, path: path, exclude: files, swiftSettings: strict)
    default: fatalError("\(path): no such kind of target: \(kind)")
    }
}

// MARK: What ships
let productTargets = targets(
    """
    # What everybody needs a little of.
    library Sources/Timing
    library Sources/PercentEncoding
    library Sources/WireFormat
    library Sources/ConnectionAdmission: LogEvents Timing Logging NIOCore
    library Sources/GRPCServing: GRPCCore GRPCNIOTransportHTTP2Posix NIOCore NIOPosix
    # The log: a closed list of events, and the one way out.
    library Sources/Observability/LogEvents: Timing Logging
    library Sources/Observability/LogOutput: LogEvents Timing Logging
    # Metrics: declared, counted in plain numbers, and written for Prometheus.
    library Sources/Observability/MetricReadings
    library Sources/Observability/PrometheusExposition: MetricReadings CoreMetrics
    # Traces: spans as plain values, and their export.
    library Sources/Observability/RequestTracing
    library Sources/Observability/LibraryTracing: RequestTracing Logging Tracing
    generated Sources/Observability/OTLPProtocol: SwiftProtobuf
    library Sources/Observability/OTLPExport:
        LogEvents MetricReadings OTLPProtocol PercentEncoding RequestTracing Timing Logging NIOCore NIOHTTP1
        NIOPosix NIOSSL SwiftProtobuf
    # The Redis client: NIO carries the bytes, hiredis reads them.
    system Sources/Redis/CHiredis
    library Sources/Redis/RedisClient:
        CHiredis LogEvents MetricReadings PercentEncoding Timing Crypto DequeModule Logging NIOCore NIOPosix NIOSSL
    # The runtime over any decider. It knows no cart.
    library Sources/Runtime/Ownership
    library Sources/Runtime/ActorRuntime:
        LogEvents MetricReadings Ownership RequestTracing Timing DequeModule Logging NIOCore
    library Sources/Runtime/RedisActorStore: ActorRuntime LogEvents Ownership RedisClient Timing Logging NIOCore
    generated Sources/Runtime/PeerProtocol: SwiftProtobuf
    library Sources/Runtime/PeerTransport:
        ActorRuntime LogEvents MetricReadings Ownership PeerProtocol RequestTracing Timing WireFormat Crypto
        Logging NIOCore NIOPosix NIOSSL SwiftProtobuf
    # The cart, and its faces.
    library Sources/Cart/Cart
    generated Sources/Cart/CartProtobuf: SwiftProtobuf
    library Sources/Cart/CartActor: ActorRuntime Cart CartProtobuf Ownership WireFormat SwiftProtobuf
    library Sources/Cart/CartApplication: ActorRuntime Cart CartActor Ownership RequestTracing Timing Crypto
    library Sources/Cart/CartHTTP:
        ActorRuntime Cart CartActor CartApplication LibraryTracing MetricReadings PercentEncoding
        PrometheusExposition RequestTracing Timing HTTPTypes Hummingbird HummingbirdCore Logging NIOCore NIOHTTP1
        NIOHTTPTypes NIOHTTPTypesHTTP1
    library Sources/Cart/CartGRPC:
        ActorRuntime Cart CartActor CartApplication CartProtobuf ConnectionAdmission GRPCServing LibraryTracing
        LogEvents MetricReadings RequestTracing GRPCCore GRPCNIOTransportHTTP2Posix GRPCProtobuf Logging NIOCore
        NIOPosix SwiftProtobuf
    files Sources/Cart/COpenAPIDocument
    library Sources/Cart/OpenAPIDocument: COpenAPIDocument
    # The process: settings, and the only place that sees everything.
    library Sources/Node/NodeConfiguration:
        ActorRuntime Cart LogEvents LogOutput Ownership RedisClient Timing Configuration Logging ServiceLifecycle
        Subprocess SystemPackage
    library Sources/Node/Doctor: NodeConfiguration Ownership RedisActorStore RedisClient Logging NIOCore
    files Sources/Node/CDashboard
    library Sources/Node/Dashboard: CDashboard PercentEncoding Crypto HTTPTypes Hummingbird NIOCore NIOHTTP1 NIOPosix
    library Sources/Node/OperatorConsole: NIOCore NIOHTTP1 NIOPosix
    executable Sources/Node/CartNode:
        ActorRuntime Cart CartActor CartApplication CartGRPC CartHTTP ConnectionAdmission Dashboard Doctor
        LibraryTracing LogEvents LogOutput MetricReadings NodeConfiguration OpenAPIDocument OperatorConsole
        OTLPExport Ownership PeerTransport PrometheusExposition RedisActorStore RedisClient RequestTracing Timing
        CoreMetrics Crypto Hummingbird Logging NIOCore NIOPosix ServiceLifecycle Tracing UnixSignals
    """
)

// MARK: What proves it
let toolTargets = targets(
    """
    # Fakes and simulated ports, beside the runtime that they stand in for.
    library Sources/Runtime/RuntimeTesting: ActorRuntime Ownership Timing NIOCore
    # A second kind of actor, on the runtime alone.
    library Examples/Counter/CounterActor: ActorRuntime
    executable Examples/Counter/CounterExample:
        ActorRuntime CounterActor Ownership PeerTransport RedisActorStore RedisClient ArgumentParser Logging NIOCore
        NIOPosix
    library Sources/Cart/CartTesting:
        ActorRuntime Cart CartActor CartApplication Ownership RequestTracing SeededRandom NIOCore
    library Tools/SeededRandom
    library Tools/ProcessMeasurement: SystemPackage
    library Tools/Workload/CartWorkload: SeededRandom Timing
    library Tools/Workload/CartClient: CartWorkload AsyncHTTPClient NIOCore NIOHTTP1 NIOPosix
    executable Tools/Load/CartLoad:
        CartClient CartWorkload ProcessMeasurement SeededRandom Timing ArgumentParser Histogram NIOCore Subprocess
        SystemPackage
    executable Tools/Bench/CartBench:
        ActorRuntime Cart CartActor Ownership PeerTransport ProcessMeasurement RedisActorStore RedisClient
        ServerTesting ArgumentParser Histogram Logging NIOCore NIOPosix Subprocess SystemPackage
    library Tools/Simulation/CartSimulation:
        ActorRuntime Cart CartActor CartApplication CartWorkload Ownership RuntimeTesting SeededRandom Timing
        DequeModule HeapModule Logging NIOCore
    executable Tools/Simulation/CartSimulate: CartSimulation ArgumentParser
    library Tools/Simulation/StoreTesting:
        ActorRuntime CounterActor Ownership RedisActorStore RedisClient RuntimeTesting ServerTesting Logging NIOCore
        NIOPosix
    library Tools/Cluster/ServerTesting: SeededRandom
    library Tools/Cluster/ClusterTesting:
        CartClient CartWorkload ProcessMeasurement SeededRandom ServerTesting Timing AsyncHTTPClient NIOCore
        NIOHTTP1 NIOPosix SystemPackage
    executable Tools/Cluster/CartChaos: CartWorkload ClusterTesting ServerTesting ArgumentParser
    executable Tools/OpenAPIPage: Yams
    """
)

let testTargets = targets(
    """
    # Machines and values, alone; and the manifest, the picture of it and the folders.
    tests Tests/Unit/ManifestTests
    tests Tests/Unit/OwnershipTests: Ownership
    tests Tests/Unit/TimingTests: Timing
    tests Tests/Unit/LogTests: LibraryTracing LogEvents LogOutput RequestTracing Timing Logging
    tests Tests/Unit/PercentEncodingTests: PercentEncoding
    tests Tests/Unit/ConnectionAdmissionTests: ConnectionAdmission NIOCore
    tests Tests/Unit/MetricTests: CartNode MetricReadings PrometheusExposition CoreMetrics
    tests Tests/Unit/RequestTracingTests: RequestTracing
    tests Tests/Unit/OTLPExportTests: OTLPExport RequestTracing Timing
    tests Tests/Unit/OperatorConsoleTests: OperatorConsole
    tests Tests/Unit/CartActorTests:
        ActorRuntime Cart CartActor CartProtobuf CartTesting Ownership SeededRandom SwiftProtobuf
    tests Tests/Unit/CartTests: Cart SeededRandom
    tests Tests/Unit/CartWorkloadTests:
        CartClient CartLoad CartWorkload SeededRandom AsyncHTTPClient NIOCore NIOHTTP1
    tests Tests/Unit/ClusterTestingTests: ClusterTesting
    tests Tests/Unit/ProcessMeasurementTests: ProcessMeasurement
    tests Tests/Unit/DoctorTests: Doctor NodeConfiguration Ownership RedisActorStore RedisClient
    # Shells, on ports in memory and a clock that stands still.
    tests Tests/Component/ActorRuntimeTests:
        ActorRuntime CounterActor MetricReadings Ownership RequestTracing RuntimeTesting SeededRandom
        Logging NIOCore NIOPosix
    tests Tests/Component/CartApplicationTests:
        ActorRuntime Cart CartActor CartApplication CartTesting Ownership RequestTracing
    tests Tests/Component/CartHTTPTests:
        ActorRuntime Cart CartActor CartApplication CartHTTP CartTesting LibraryTracing MetricReadings
        OpenAPIDocument OpenAPIPage Ownership PrometheusExposition RequestTracing SeededRandom HTTPTypes Hummingbird
        HummingbirdTesting Logging NIOCore NIOEmbedded NIOHTTP1 NIOPosix Tracing Yams
    tests Tests/Component/DashboardTests:
        ActorRuntime CartNode Dashboard Doctor MetricReadings Ownership Crypto HTTPTypes Hummingbird
        HummingbirdTesting Logging NIOCore NIOPosix
    tests Tests/Component/RuntimeTestingTests: ActorRuntime CounterActor Ownership RuntimeTesting
    # Real sockets and a real Redis.
    tests Tests/Integration/ServerTestingTests: ClusterTesting ServerTesting NIOCore NIOPosix
    tests Tests/Integration/RedisClientTests:
        MetricReadings RedisClient SeededRandom ServerTesting Logging NIOCore NIOEmbedded NIOPosix
    tests Tests/Integration/RedisActorStoreTests:
        ActorRuntime CounterActor Ownership RedisActorStore RedisClient RuntimeTesting ServerTesting StoreTesting
        Logging NIOCore NIOPosix
    tests Tests/Integration/PeerTransportTests:
        ActorRuntime MetricReadings Ownership PeerProtocol PeerTransport RequestTracing SeededRandom Logging
        NIOCore NIOPosix Subprocess SwiftProtobuf
    tests Tests/Integration/TraceExportTests:
        MetricReadings OTLPExport OTLPProtocol RequestTracing Logging NIOCore NIOHTTP1 NIOPosix NIOSSL SwiftProtobuf
    tests Tests/Integration/CartGRPCTests:
        ActorRuntime Cart CartActor CartApplication CartGRPC CartProtobuf MetricReadings Ownership RequestTracing
        SeededRandom GRPCCore GRPCNIOTransportHTTP2Posix GRPCProtobuf Logging SwiftProtobuf
    tests Tests/Integration/ExaminationTests:
        ActorRuntime Doctor NodeConfiguration Ownership RedisActorStore RedisClient ServerTesting Logging NIOPosix
    tests Tests/Integration/NodeConfigurationTests:
        NodeConfiguration Ownership RedisClient Timing Logging NIOPosix ServiceLifecycle Subprocess SystemPackage
        Yams
    # Whole clusters in simulated time, and what makes them trustworthy.
    tests Tests/Simulation/SimulationTests: ActorRuntime CartActor CartSimulation Ownership RuntimeTesting
    tests Tests/Simulation/EquivalenceTests: ActorRuntime Ownership RedisClient ServerTesting StoreTesting
    # Real processes under real faults, and under clients that are not ours.
    tests Tests/System/FailoverTests:
        CartNode CartWorkload ClusterTesting LogEvents MetricReadings NodeConfiguration ServerTesting
        AsyncHTTPClient Logging NIOCore NIOFoundationCompat NIOHTTP1 NIOPosix Subprocess
    tests Tests/System/CounterExampleTests: CounterExample ServerTesting
    tests Tests/System/ProtocolTests: ClusterTesting ServerTesting
    """
)

// MARK: The package
let package = Package(
    name: "cart-node",
    platforms: [.macOS(.v15)],
    products: (onlyProduct ? ["Node"] : ["Node", "Load", "Chaos", "Bench", "Simulate"]).map {
        .executable(name: "cart-\($0.lowercased())", targets: ["Cart\($0)"])
    } + (onlyProduct ? [] : [.executable(name: "counter-example", targets: ["CounterExample"])]),
    dependencies: allPackages.map {
        .package(url: $0.url, exact: $0.version, traits: traits[$0.name] ?? [.defaults])
    },
    targets: productTargets + (onlyProduct ? [] : toolTargets + testTargets),
    cLanguageStandard: .c2x
)
