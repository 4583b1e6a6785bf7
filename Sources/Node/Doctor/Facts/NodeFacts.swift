package import NodeConfiguration
internal import Ownership

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The node's settings, and the machine on which the doctor runs.
package struct NodeFacts: Sendable {
    package var settings: NodeSettings
    /// The reason why a node would refuse the settings; nil if it would not.
    package var refusal: BadSetting?
    /// The version of this program.
    package var build = NodeVersion.current
    /// The number of event loops, each of which has a connection to Redis.
    package var loops: Int
    /// The bytes of memory that this process may use; nil if the system does not tell.
    package var memory: UInt64?
    /// True if the kernel gives every process huge pages; nil if it does not tell.
    package var forcesHugePages: Bool?

    package init(_ settings: NodeSettings, refusal: BadSetting? = nil, loops: Int) {
        self.settings = settings
        self.refusal = refusal
        self.loops = loops
    }

    /// The facts of this machine.
    package static func here(
        _ settings: NodeSettings,
        refusal: BadSetting? = nil,
        loops: Int
    ) -> NodeFacts {
        var facts = NodeFacts(settings, refusal: refusal, loops: loops)
        let own = ProcessInfo.processInfo.physicalMemory
        let group = text(of: "/sys/fs/cgroup/memory.max").flatMap { UInt64($0) }
        facts.memory = min(own, group ?? own)
        facts.forcesHugePages = text(of: "/sys/kernel/mm/transparent_hugepage/enabled").map {
            $0.contains("[always]")
        }
        return facts
    }

    private static func text(of path: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// The lease; the usual one in place of a lease that no node would accept.
    var lease: LeasePolicy {
        let given = settings.lease.policy
        return given.right > .zero ? given : LeasePolicy()
    }

    /// The connections that one node opens to each Redis: one for each event loop, and three more; in a Redis Cluster a
    /// fourth for probes.
    var connections: Int { loops + (settings.redis.isCluster ? 4 : 3) }
}
