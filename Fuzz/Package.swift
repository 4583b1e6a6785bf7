// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what it instruments must not end in a node, and nobody else needs to build it.
let package = Package(
    name: "recognizer-fuzz",
    products: [.library(name: "RecognizerFuzz", type: .static, targets: ["RecognizerFuzz"])],
    // The parser that the node has.
    dependencies: [.package(path: "../.build/checkouts/swift-nio")],
    targets: [
        .target(
            name: "RecognizerFuzz",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "RecognizerFuzz",
            swiftSettings: [
                .unsafeFlags(["-sanitize=fuzzer", "-profile-generate", "-profile-coverage-mapping"])
            ]
        )
    ]
)
