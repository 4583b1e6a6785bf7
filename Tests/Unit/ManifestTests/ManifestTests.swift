import Foundation
import Testing

/// The manifest, the picture of it, and the folders agree; arrows point inward.
@Suite struct ManifestTests {
    private let manifest: Manifest

    init() throws {
        manifest = try Manifest()
    }

    /// A target that a rule speaks of, so that a renamed one does not pass by its absence.
    private func target(_ name: String) throws -> Manifest.Target {
        try #require(manifest.targets[name], "the manifest has no target \(name)")
    }

    // MARK: Folders

    @Test func `every target has its folder, and no folder lies in another's`() {
        #expect(manifest.targets.count > 30)
        for target in manifest.targets.values {
            let folder = Manifest.root.appending(path: target.path).path
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
            #expect(exists && isFolder.boolValue, "\(target.name) has no folder \(target.path)")
            let outer = manifest.targets.values.filter { target.path.hasPrefix($0.path + "/") }
            #expect(outer.isEmpty, "\(target.path) lies in \(outer.map(\.path))")
        }
    }

    @Test func `every Swift file belongs to a target`() throws {
        let folders = manifest.targets.values.map { $0.path + "/" }
        var strays: [String] = []
        for file in try Self.swiftFiles() where !folders.contains(where: file.hasPrefix) {
            strays.append(file)
        }
        // SwiftPM finds the test program by itself.
        #expect(strays == ["Tests/XCTMain.swift"], "\(strays)")
    }

    private static func swiftFiles() throws -> [String] {
        var files: [String] = []
        for top in ["Sources", "Tools", "Tests", "Examples"] {
            let folder = Manifest.root.appending(path: top).path
            let found = try #require(FileManager.default.enumerator(atPath: folder), "\(top) is no folder")
            for case let path as String in found where path.hasSuffix(".swift") {
                files.append("\(top)/\(path)")
            }
        }
        return files
    }

    @Test func `a target imports what it says that it uses`() throws {
        var imports: [String: Set<String>] = [:]
        for file in try Self.swiftFiles() {
            let owner = manifest.targets.values.first { file.hasPrefix($0.path + "/") }
            guard let owner else { continue }
            let text = try String(contentsOf: Manifest.root.appending(path: file), encoding: .utf8)
            let line =
                /^(?:@\w+(?:\([^)]*\))? )?(?:\w+ )?import (?:(?:struct|class|enum|protocol|func) )?(?<module>\w+)/
            for match in text.matches(of: line.anchorsMatchLineEndings()) {
                imports[owner.name, default: []].insert(String(match.module))
            }
        }
        for target in manifest.targets.values {
            // A test starts a program that it does not import.
            let idle = Set(target.uses.filter { manifest.targets[$0]?.runs != true })
                .subtracting(imports[target.name] ?? [])
            #expect(idle.isEmpty, "\(target.name) does not import \(idle.sorted())")
        }
    }

    // MARK: Arrows

    @Test func `ARCHITECTURE's picture is the manifest's`() throws {
        let picture = try #require(try DependencyPicture(), "ARCHITECTURE.md has no block tagged arrows")
        let product = manifest.product
        #expect(Set(picture.arrows.keys) == Set(product.map(\.name)))
        for target in product {
            let drawn = try #require(picture.arrows[target.name], "\(target.name) is not drawn")
            #expect(Set(drawn) == manifest.own(target), "\(target.name)")
            #expect(drawn == drawn.sorted(), "\(target.name): in the order of the alphabet")
        }
    }

    @Test func `the arrows lead to no circle, and from what ships to nothing that does not`() {
        let product = Set(manifest.product.map(\.name))
        for target in manifest.product {
            #expect(target.path.hasPrefix("Sources/"), "\(target.path)")
            let reach = manifest.reach(of: target.name)
            #expect(!reach.contains(target.name), "\(target.name) uses itself")
            let others = reach.filter { manifest.targets[$0] != nil }.subtracting(product)
            #expect(others.isEmpty, "\(target.name) uses \(others.sorted())")
        }
    }

    @Test(arguments: ["Cart", "Ownership"])
    func `a target of pure values uses nothing`(_ name: String) throws {
        #expect(try target(name).uses.isEmpty)
    }

    @Test func `the runtime knows neither Redis nor a cart`() throws {
        let redis = ["CHiredis", "RedisClient", "RedisActorStore"]
        for name in ["ActorRuntime", "PeerTransport"] {
            _ = try target(name)
            #expect(manifest.reach(of: name).isDisjoint(with: redis), "\(name)")
        }
        let carts = Set(manifest.product.filter { $0.path.hasPrefix("Sources/Cart/") }.map(\.name))
        for target in manifest.product
        where target.path.hasPrefix("Sources/Runtime/") || target.path.hasPrefix("Sources/Redis/") {
            #expect(manifest.reach(of: target.name).isDisjoint(with: carts), "\(target.name)")
        }
    }

    @Test func `only the node sees both a face and the store on Redis`() throws {
        _ = try target("RedisActorStore")
        let faces = try ["CartHTTP", "CartGRPC"].map { try target($0).name }
        for name in manifest.targets.keys where name != "CartNode" {
            let reach = manifest.reach(of: name).union([name])
            // Tests may link the node as a whole.
            guard !reach.contains("CartNode"), reach.contains("RedisActorStore") else { continue }
            #expect(reach.isDisjoint(with: faces), "\(name)")
        }
    }

    @Test func `the faces do not know each other, and only one links Hummingbird`() throws {
        #expect(!manifest.reach(of: try target("CartHTTP").name).contains("CartGRPC"))
        for name in ["CartActor", "CartApplication", "CartGRPC", "CartBench", "CartSimulation"] {
            let reach = manifest.reach(of: try target(name).name)
            #expect(reach.isDisjoint(with: ["CartHTTP", "Hummingbird"]), "\(name)")
        }
        for name in ["CartActor", "CartApplication", "CartHTTP", "CartSimulation"] {
            let reach = manifest.reach(of: try target(name).name)
            #expect(reach.isDisjoint(with: ["CartGRPC", "GRPCCore"]), "\(name)")
        }
    }
}
