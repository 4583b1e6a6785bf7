// swift-tools-version: 6.2

import PackageDescription

/// What every target of ours is compiled with: the language of tomorrow, so that a compiler upgrade is a quiet day.
let language: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// What every hand-written target adds: no warning passes.
let strict: [SwiftSetting] = language + [.treatAllWarnings(as: .error)]

let package = Package(
    name: "cart-node",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "cart-node", targets: ["CartNode"]),
        .executable(name: "cart-load", targets: ["CartLoad"]),
        .executable(name: "cart-chaos", targets: ["CartChaos"]),
        .executable(name: "cart-bench", targets: ["CartBench"]),
        .executable(name: "cart-simulate", targets: ["CartSimulate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: ["CommandLineArguments", "JSON", "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The Redis client: NIO carries the bytes, hiredis reads them.
        .systemLibrary(name: "CHiredis"),
        .target(
            name: "Redis",
            dependencies: [
                "CHiredis",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),

        // The protocol of ownership: pure machines.
        .target(name: "Ownership", swiftSettings: strict),

        // The runtime over any decider.
        .target(
            name: "Hosting",
            dependencies: [
                "Ownership",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(name: "HostingTesting", dependencies: ["Hosting", "Ownership"], swiftSettings: strict),

        // The runtime's ports on Redis.
        .target(
            name: "RedisHosting",
            dependencies: [
                "Hosting",
                "Ownership",
                "Redis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // The link between nodes, on gRPC streams.
        .target(
            name: "LinkWire",
            dependencies: [
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
        .target(
            name: "LinkHosting",
            dependencies: [
                "Hosting",
                "LinkWire",
                "Ownership",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict
        ),

        // The domain, and its faces.
        .target(name: "Cart", swiftSettings: strict),
        .target(
            name: "CartWire",
            dependencies: [
                .product(name: "SwiftProtobuf", package: "swift-protobuf")
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
        .target(
            name: "CartService",
            dependencies: [
                "Cart",
                "CartWire",
                "Hosting",
                "Ownership",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict
        ),

        .target(
            name: "CartGRPC",
            dependencies: [
                "Cart",
                "CartService",
                "CartWire",
                "Hosting",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict
        ),
        // The REST face as a document, and how its page is made of it.
        .target(
            name: "APIDocument",
            resources: [.embedInCode("openapi.yaml"), .embedInCode("docs.html")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "APIPage",
            dependencies: [
                .product(name: "Yams", package: "Yams")
            ],
            swiftSettings: strict
        ),

        // What an operator decides, and what a node keeps on its disk.
        .target(
            name: "NodeConfiguration",
            dependencies: [
                "Cart",
                "Hosting",
                "Ownership",
                "Redis",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // The process: the only place that sees everything.
        .executableTarget(
            name: "CartNode",
            dependencies: [
                "APIDocument",
                "Cart",
                "CartGRPC",
                "CartService",
                "Hosting",
                "LinkHosting",
                "NodeConfiguration",
                "Ownership",
                "Redis",
                "RedisHosting",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // What clients do and what they may be told, as a history that is checked: drives simulation, load and chaos.
        .target(name: "CartWorkload", swiftSettings: strict),
        .target(
            name: "CartClient",
            dependencies: [
                "CartWorkload",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CartLoad",
            dependencies: [
                "CartClient",
                "CartWorkload",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // One node without its faces on a real Redis, to measure what keeping carts costs.
        .executableTarget(
            name: "CartBench",
            dependencies: [
                "Cart",
                "CartService",
                "Hosting",
                "HostingTesting",
                "LinkHosting",
                "Ownership",
                "Redis",
                "RedisHosting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // Whole hosts on one thread, from one seed.
        .target(
            name: "CartSimulation",
            dependencies: [
                "Cart",
                "CartService",
                "CartWorkload",
                "Hosting",
                "HostingTesting",
                "Ownership",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CartSimulate",
            dependencies: [
                "CartSimulation",
                "Ownership",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // Real nodes, real Redis, and what can befall them.
        .target(
            name: "ClusterTesting",
            dependencies: [
                "CartClient",
                "CartWorkload",
                "HostingTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CartChaos",
            dependencies: [
                "CartWorkload",
                "ClusterTesting",
                "HostingTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // Machines and values, alone.
        .testTarget(name: "OwnershipTests", dependencies: ["Ownership"], swiftSettings: strict),
        .testTarget(name: "CartTests", dependencies: ["Cart"], swiftSettings: strict),
        .testTarget(
            name: "CartWorkloadTests",
            dependencies: [
                "CartClient",
                "CartLoad",
                "CartWorkload",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // Shells, on ports in memory and a clock that stands still.
        .testTarget(
            name: "HostingTests",
            dependencies: [
                "Hosting",
                "HostingTesting",
                "Ownership",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CartServiceTests",
            dependencies: [
                "APIDocument",
                "APIPage",
                "Cart",
                "CartService",
                "CartWire",
                "Hosting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),

        .testTarget(
            name: "CartGRPCTests",
            dependencies: [
                "Cart",
                "CartGRPC",
                "CartService",
                "CartWire",
                "Hosting",
                "Ownership",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict
        ),

        // Real sockets, real Redis, real processes.
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "CHiredis",
                "Redis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisHostingTests",
            dependencies: [
                "Hosting",
                "HostingTesting",
                "Ownership",
                "Redis",
                "RedisHosting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LinkHostingTests",
            dependencies: [
                "Hosting",
                "LinkHosting",
                "LinkWire",
                "Ownership",
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NodeConfigurationTests",
            dependencies: [
                "Cart",
                "NodeConfiguration",
                "Ownership",
                "Redis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "CartSimulation",
                "CartWorkload",
                "Ownership",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FailoverTests",
            dependencies: [
                "CartClient",
                "CartNode",
                "CartWorkload",
                "ClusterTesting",
                "HostingTesting",
                "NodeConfiguration",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        // Clients that are not ours, in a language that is not ours.
        .testTarget(
            name: "ProtocolTests",
            dependencies: ["ClusterTesting", "HostingTesting"],
            exclude: ["Clients"],
            swiftSettings: strict
        ),
    ]
)
