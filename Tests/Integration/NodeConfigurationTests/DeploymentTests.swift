import Foundation
import Testing
import Timing
import Yams

@testable import NodeConfiguration

/// The files under `deploy` say what a node understands.
struct DeploymentTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    private func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private func manifest() throws -> [Node] {
        try Array(Yams.compose_all(yaml: text("deploy/kubernetes/cart-node.yaml")))
    }

    private func deployment(_ name: String) throws -> Node {
        try #require(
            try manifest().first { $0["kind"] == "Deployment" && $0["metadata"]?["name"]?.string == name }
        )
    }

    /// The variables that the image sets.
    private func imageEnvironment() throws -> [String: String] {
        let assignments = try text("deploy/Dockerfile").matches(of: /(CART_[A-Z]+_[A-Z]+)=([^\s\\]+)/)
        return Dictionary(assignments.map { (String($0.1), String($0.2)) }) { $1 }
    }

    /// The variables that the manifest sets, as a pod gets them.
    private func podEnvironment() throws -> [String: String] {
        let container = try deployment("cart-node")["spec"]?["template"]?["spec"]?["containers"]?[0]
        var environment: [String: String] = [:]
        for entry in try #require(container?["env"]?.sequence) {
            let name = try #require(entry["name"]?.string)
            let secret = "0123456789abcdef0123456789abcdef"
            let isSecret = entry["valueFrom"]?["secretKeyRef"] != nil
            let value = entry["value"]?.string ?? (isSecret ? secret : "10.1.2.3")
            environment[name] = value.replacing(/\$\((\w+)\)/) { environment[String($0.1)] ?? "?" }
        }
        return environment
    }

    @Test func `a pod of the manifest gets settings that a node takes`() throws {
        let environment = try imageEnvironment().merging(podEnvironment()) { $1 }
        #expect(environment.count > 10)
        let known = Set(SettingTable.all.map(\.environment)).union(["POD_NAME", "POD_IP"])
        #expect(Set(environment.keys).subtracting(known).isEmpty)
        let (settings, complaint) = outcome([], environment)
        #expect(settings?.link.advertised == "10.1.2.3:7170", "\(complaint)")
        let grace = try deployment("cart-node")["spec"]?["template"]?["spec"]?[
            "terminationGracePeriodSeconds"
        ]
        let seconds = try #require(grace?.int)
        #expect(try #require(settings).shutdown.drainBudget <= .seconds(seconds - 5))
    }

    @Test func `the image runs alone on a Redis of somebody else`() throws {
        let shop = ["REDIS_ADDR": "redis-cart:6379", "CART_SINGLE_NODE": "true"]
        let (settings, complaint) = outcome([], try imageEnvironment().merging(shop) { $1 })
        #expect(settings?.cluster.isSingleNode == true, "\(complaint)")
    }

    @Test func `the probes of the manifest ask ports and names that a node serves`() throws {
        let pod = try #require(try deployment("cart-node")["spec"]?["template"]?["spec"])
        let container = try #require(pod["containers"]?[0])
        let ports = try #require(container["ports"]?.sequence).compactMap { $0["containerPort"]?.int }
        let settings = NodeSettings()
        #expect(
            ports == [
                settings.http.port, settings.grpc.port, settings.operations.port, settings.link.listen.port,
            ]
        )
        for (probe, service) in [
            ("livenessProbe", "liveness"), ("startupProbe", "liveness"), ("readinessProbe", "readiness"),
        ] {
            #expect(container[probe]?["grpc"]?["service"]?.string == service, "\(probe)")
            #expect(container[probe]?["grpc"]?["port"]?.int == settings.grpc.port, "\(probe)")
        }
        #expect(container["securityContext"]?["readOnlyRootFilesystem"]?.bool == true)
        #expect(pod["securityContext"]?["runAsUser"]?.int == 1_000)
        #expect(pod["volumes"] == nil && container["volumeMounts"] == nil)
    }

    @Test func `each service of the manifest selects the pods that are meant`() throws {
        let objects = try manifest()
        #expect(objects.allSatisfy { $0["apiVersion"] != nil && $0["metadata"]?["name"] != nil })
        for service in objects where service["kind"] == "Service" {
            let selector = try #require(service["spec"]?["selector"]?["app"]?.string)
            let pods = try #require(try deployment(selector)["spec"]?["template"])
            #expect(pods["metadata"]?["labels"]?["app"]?.string == selector)
            let containers = try #require(pods["spec"]?["containers"]?.sequence)
            let names = containers.flatMap { $0["ports"]?.sequence.map(Array.init) ?? [] }
                .compactMap { $0["name"]?.string }
            for port in try #require(service["spec"]?["ports"]?.sequence) {
                #expect(names.contains(try #require(port["targetPort"]?.string)))
            }
        }
    }
}
