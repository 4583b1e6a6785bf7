// swift-tools-version: 6.2

import PackageDescription

// The image is built from what ships alone, so that a change of a tool or a test leaves its build layer valid.
let onlyProduct = Context.environment["CART_BUILD_ONLY_PRODUCT"] == "1"

// MARK: Settings

/// The language of every target: all upcoming features, so that a compiler upgrade is a quiet day.
let language: [SwiftSetting] =
    [.swiftLanguageMode(.v6)]
    + words(
        """
        ExistentialAny InternalImportsByDefault MemberImportVisibility NonisolatedNonsendingByDefault
        InferIsolatedConformances ImmutableWeakCaptures
        """
    ).map { .enableUpcomingFeature($0) }

/// Hand-written targets add: no warning passes.
let strict: [SwiftSetting] = language + [.treatAllWarnings(as: .error)]

/// The packages of others, a line each: repository, version, the libraries that we use. Exact versions, since no
/// `Package.resolved` is kept (docs/decisions/0035).
let productPackages = """
    apple/swift-crypto 4.5.2 Crypto
    apple/swift-http-types 1.8.0 HTTPTypes
    apple/swift-log 1.16.2 Logging
    apple/swift-nio 2.101.2 NIOCore NIOEmbedded NIOFoundationCompat NIOHTTP1 NIOPosix
    apple/swift-nio-ssl 2.37.6 NIOSSL
    apple/swift-protobuf 1.39.0 SwiftProtobuf
    apple/swift-system 1.8.1 SystemPackage
    grpc/grpc-swift-2 2.4.3 GRPCCore
    grpc/grpc-swift-nio-transport 2.9.2 GRPCNIOTransportHTTP2Posix
    grpc/grpc-swift-protobuf 2.4.1 GRPCProtobuf
    hummingbird-project/hummingbird 2.28.1 Hummingbird HummingbirdTesting
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
    "hummingbird": [],
    "swift-configuration": ["CommandLineArguments", "JSON", "YAML"],
    "swift-subprocess": [],
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

/// - Parameter names: as in `import`: targets of ours, and libraries of others.
func dependencies(_ names: String) -> [Target.Dependency] {
    words(names).map { name in
        let package = allPackages.first { $0.libraries.contains(name) }
        return package.map { .product(name: name, package: $0.name) } ?? .target(name: name)
    }
}

/// A target's name is the last part of its path.
func last(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

func library(_ path: String, uses: String = "", resources: [Resource] = []) -> Target {
    let uses = dependencies(uses)
    return .target(
        name: last(path),
        dependencies: uses,
        path: path,
        resources: resources,
        swiftSettings: strict
    )
}

/// Generated code keeps the form and the warnings that its generator gave it.
func generated(_ path: String, uses: String) -> Target {
    let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]
    return .target(name: last(path), dependencies: dependencies(uses), path: path, swiftSettings: settings)
}

func executable(_ path: String, uses: String) -> Target {
    let uses = dependencies(uses)
    return .executableTarget(name: last(path), dependencies: uses, path: path, swiftSettings: strict)
}

func tests(_ path: String, uses: String, exclude: [String] = []) -> Target {
    let uses = dependencies(uses)
    return .testTarget(
        name: last(path),
        dependencies: uses,
        path: path,
        exclude: exclude,
        swiftSettings: strict
    )
}

// MARK: What ships

let productTargets: [Target] = [
    // What everybody needs a little of.
    library("Sources/Timing"),
    library("Sources/GRPCServing", uses: "GRPCCore GRPCNIOTransportHTTP2Posix NIOPosix"),

    // The Redis client: NIO carries the bytes, hiredis reads them.
    .systemLibrary(name: "CHiredis", path: "Sources/Redis/CHiredis"),
    library(
        "Sources/Redis/RedisClient",
        uses: "CHiredis Timing Crypto DequeModule Logging NIOCore NIOPosix NIOSSL"
    ),

    // The runtime over any decider. It knows no cart.
    library("Sources/Runtime/Ownership"),
    library("Sources/Runtime/ActorRuntime", uses: "Ownership Timing DequeModule Logging"),
    library(
        "Sources/Runtime/RedisActorStore",
        uses: "ActorRuntime Ownership RedisClient Timing Logging NIOCore"
    ),
    generated("Sources/Runtime/PeerProtocol", uses: "GRPCCore GRPCProtobuf SwiftProtobuf"),
    library(
        "Sources/Runtime/PeerTransport",
        uses: """
            ActorRuntime GRPCServing Ownership PeerProtocol Timing Crypto GRPCCore GRPCNIOTransportHTTP2Posix
            Logging NIOCore NIOPosix SwiftProtobuf
            """
    ),

    // The cart, and its faces.
    library("Sources/Cart/Cart"),
    generated("Sources/Cart/CartProtobuf", uses: "SwiftProtobuf"),
    library(
        "Sources/Cart/CartActor",
        uses: "ActorRuntime Cart CartProtobuf Ownership SwiftProtobuf"
    ),
    library(
        "Sources/Cart/CartApplication",
        uses: "ActorRuntime Cart CartActor Ownership Timing Crypto"
    ),
    library(
        "Sources/Cart/CartHTTP",
        uses: "ActorRuntime Cart CartActor CartApplication Timing HTTPTypes Hummingbird NIOCore"
    ),
    library(
        "Sources/Cart/CartGRPC",
        uses: """
            ActorRuntime Cart CartActor CartApplication CartProtobuf GRPCServing GRPCCore
            GRPCNIOTransportHTTP2Posix GRPCProtobuf Logging NIOCore NIOPosix SwiftProtobuf
            """
    ),
    library(
        "Sources/Cart/OpenAPIDocument",
        resources: [.embedInCode("openapi.yaml"), .embedInCode("docs.html")]
    ),

    // The process: settings, and the only place that sees everything.
    library(
        "Sources/Node/NodeConfiguration",
        uses: """
            ActorRuntime Cart Ownership RedisClient Timing Configuration Logging ServiceLifecycle Subprocess
            SystemPackage
            """
    ),
    executable(
        "Sources/Node/CartNode",
        uses: """
            ActorRuntime Cart CartActor CartApplication CartGRPC CartHTTP NodeConfiguration OpenAPIDocument
            Ownership PeerTransport RedisActorStore RedisClient Timing Hummingbird Logging NIOCore NIOPosix
            ServiceLifecycle UnixSignals
            """
    ),
]

// MARK: What proves it

let toolTargets: [Target] = [
    // Fakes and simulated ports, beside the runtime that they stand in for.
    library("Sources/Runtime/RuntimeTesting", uses: "ActorRuntime Ownership Timing"),

    // A second kind of actor, on the runtime alone.
    library("Examples/Counter/CounterActor", uses: "ActorRuntime"),
    executable(
        "Examples/Counter/CounterExample",
        uses: """
            ActorRuntime CounterActor Ownership PeerTransport RedisActorStore RedisClient ArgumentParser
            Logging NIOCore NIOPosix
            """
    ),

    library(
        "Sources/Cart/CartTesting",
        uses: "ActorRuntime Cart CartActor CartApplication Ownership SeededRandom"
    ),

    library("Tools/SeededRandom"),
    library("Tools/ProcessMeasurement", uses: "SystemPackage"),
    library("Tools/Workload/CartWorkload", uses: "SeededRandom Timing"),
    library("Tools/Workload/CartClient", uses: "CartWorkload AsyncHTTPClient NIOCore NIOHTTP1 NIOPosix"),
    executable(
        "Tools/Load/CartLoad",
        uses: """
            CartClient CartWorkload ProcessMeasurement SeededRandom Timing ArgumentParser Histogram NIOCore
            Subprocess SystemPackage
            """
    ),
    executable(
        "Tools/Bench/CartBench",
        uses: """
            ActorRuntime Cart CartActor Ownership PeerTransport ProcessMeasurement RedisActorStore
            RedisClient ServerTesting ArgumentParser Histogram Logging NIOCore NIOPosix Subprocess SystemPackage
            """
    ),
    library(
        "Tools/Simulation/CartSimulation",
        uses: """
            ActorRuntime Cart CartActor CartWorkload Ownership RuntimeTesting SeededRandom Timing
            DequeModule HeapModule Logging
            """
    ),
    executable("Tools/Simulation/CartSimulate", uses: "CartSimulation ArgumentParser"),
    library("Tools/Cluster/ServerTesting", uses: "SeededRandom"),
    library(
        "Tools/Cluster/ClusterTesting",
        uses: """
            CartClient CartWorkload SeededRandom ServerTesting Timing AsyncHTTPClient NIOCore NIOHTTP1
            SystemPackage
            """
    ),
    executable("Tools/Cluster/CartChaos", uses: "CartWorkload ClusterTesting ServerTesting ArgumentParser"),
    executable("Tools/OpenAPIPage", uses: "Yams"),
]

let testTargets: [Target] = [
    // The manifest, the picture of it and the folders agree.
    tests("Tests/Unit/ManifestTests", uses: ""),

    // Machines and values, alone.
    tests("Tests/Unit/OwnershipTests", uses: "Ownership"),
    tests("Tests/Unit/TimingTests", uses: "Timing"),
    tests(
        "Tests/Unit/CartActorTests",
        uses: "ActorRuntime Cart CartActor CartProtobuf CartTesting Ownership SeededRandom SwiftProtobuf"
    ),
    tests("Tests/Unit/CartTests", uses: "Cart SeededRandom"),
    tests(
        "Tests/Unit/CartWorkloadTests",
        uses: "CartClient CartLoad CartWorkload SeededRandom AsyncHTTPClient NIOCore NIOHTTP1"
    ),
    tests("Tests/Unit/ClusterTestingTests", uses: "ClusterTesting"),

    // Shells, on ports in memory and a clock that stands still.
    tests(
        "Tests/Component/ActorRuntimeTests",
        uses: "ActorRuntime CounterActor Ownership RuntimeTesting SeededRandom Logging"
    ),
    tests(
        "Tests/Component/CartApplicationTests",
        uses: """
            ActorRuntime Cart CartActor CartApplication CartTesting Ownership Timing
            """
    ),
    tests(
        "Tests/Component/CartHTTPTests",
        uses: """
            ActorRuntime Cart CartActor CartApplication CartHTTP CartTesting OpenAPIDocument OpenAPIPage
            Ownership SeededRandom HTTPTypes Hummingbird HummingbirdTesting Logging NIOCore Yams
            """
    ),

    // The fakes themselves.
    tests(
        "Tests/Component/RuntimeTestingTests",
        uses: "ActorRuntime CounterActor Ownership RuntimeTesting"
    ),

    // Real sockets and a real Redis.
    tests(
        "Tests/Integration/ServerTestingTests",
        uses: "ClusterTesting ServerTesting NIOCore NIOPosix"
    ),
    tests(
        "Tests/Integration/RedisClientTests",
        uses: "RedisClient SeededRandom Logging NIOCore NIOPosix"
    ),
    tests(
        "Tests/Integration/RedisActorStoreTests",
        uses: """
            ActorRuntime CounterActor Ownership RedisActorStore RedisClient RuntimeTesting ServerTesting
            Logging NIOCore NIOPosix
            """
    ),
    tests(
        "Tests/Integration/PeerTransportTests",
        uses: """
            ActorRuntime Ownership PeerProtocol PeerTransport GRPCCore GRPCNIOTransportHTTP2Posix Logging
            NIOCore NIOPosix SwiftProtobuf
            """
    ),
    tests(
        "Tests/Integration/CartGRPCTests",
        uses: """
            ActorRuntime Cart CartActor CartApplication CartGRPC CartProtobuf Ownership SeededRandom GRPCCore
            GRPCNIOTransportHTTP2Posix GRPCProtobuf Logging SwiftProtobuf
            """
    ),
    tests(
        "Tests/Integration/NodeConfigurationTests",
        uses: """
            NodeConfiguration Ownership RedisClient Timing Logging NIOPosix ServiceLifecycle Subprocess
            SystemPackage
            """
    ),

    // Whole clusters in simulated time.
    tests("Tests/Simulation/SimulationTests", uses: "CartSimulation Ownership"),

    // Real processes under real faults, and under clients that are not ours.
    tests(
        "Tests/System/FailoverTests",
        uses: """
            CartNode CartWorkload ClusterTesting NodeConfiguration ServerTesting AsyncHTTPClient NIOCore
            NIOFoundationCompat NIOHTTP1
            """
    ),
    tests("Tests/System/CounterExampleTests", uses: "CounterExample ServerTesting"),
    tests("Tests/System/ProtocolTests", uses: "ClusterTesting ServerTesting", exclude: ["Clients"]),
]

// MARK: The package

let package = Package(
    name: "cart-node",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "cart-node", targets: ["CartNode"])]
        + (onlyProduct
            ? []
            : [
                .executable(name: "cart-load", targets: ["CartLoad"]),
                .executable(name: "cart-chaos", targets: ["CartChaos"]),
                .executable(name: "cart-bench", targets: ["CartBench"]),
                .executable(name: "cart-simulate", targets: ["CartSimulate"]),
                .executable(name: "counter-example", targets: ["CounterExample"]),
            ]),
    dependencies: allPackages.map { package in
        guard let traits = traits[package.name] else {
            return .package(url: package.url, exact: package.version)
        }
        return .package(url: package.url, exact: package.version, traits: traits)
    },
    targets: productTargets + (onlyProduct ? [] : toolTargets + testTargets)
)
