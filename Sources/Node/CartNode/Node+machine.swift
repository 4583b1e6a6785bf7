import ConnectionAdmission
import LogEvents
import Logging
import NIOCore
import NodeConfiguration
import PeerTransport

// The parts of the machine that a node needs: names, a place on the disk, and open files.

extension Node {
    /// Refuses names of hosts to listen on that nobody knows.
    static func requireKnownHosts(_ settings: NodeSettings) throws(BadSetting) {
        let listened: [(setting: String, endpoint: Endpoint?)] = [
            ("http-host", settings.http), ("grpc-host", settings.grpc.endpoint),
            ("retail-host", settings.retail.endpoint), ("ops-host", settings.operations),
            ("link-host", settings.link.listen),
        ]
        for case (let setting, let endpoint?) in listened {
            do {
                _ = try SocketAddress.makeAddressResolvingHost(endpoint.host, port: endpoint.port)
            } catch {
                throw BadSetting(
                    setting,
                    problem: "no such host (got \"\(endpoint.host)\", "
                        + "expected a name or an address of this machine)"
                )
            }
        }
    }

    /// The certificates of an encrypted link; nil for a link in the clear.
    static func linkCredentials(_ settings: NodeSettings) throws(BadSetting) -> LinkCredentials? {
        let link = settings.link
        guard !link.certificate.isEmpty else { return nil }
        let files = LinkCredentials.Files(
            certificate: link.certificate,
            key: link.key,
            authorities: link.authorities
        )
        do throws(LinkConfigurationError) {
            return try LinkCredentials(files)
        } catch {
            let setting =
                switch error {
                case .unusableFile(link.key, _): "link-tls-key"
                case .unusableFile(link.authorities, _): "link-tls-ca"
                case .unusableFile, .emptySecret, .alreadyRan: "link-tls-cert"
                }
            throw BadSetting(setting, problem: "cannot be used: \(error)")
        }
    }

    /// The data folder with its lock; nil where the node can do without one and there is none to use.
    ///
    /// Only an embedded Redis needs the folder. Otherwise it saves a successor the wait for the lease.
    ///
    /// - Throws: `DataFolderFailure` if another process uses the folder, or if an embedded Redis needs it.
    static func dataFolder(_ settings: NodeSettings, logger: Logger) throws -> DataFolder? {
        let cause: String
        do throws(DataFolderFailure) {
            guard settings.dataFolder.isEmpty else { return try DataFolder(path: settings.dataFolder) }
            cause = "data-dir: not given, and neither XDG_STATE_HOME nor HOME is an absolute path"
        } catch {
            guard case .unusable = error, settings.redis.server != .embedded else { throw error }
            cause = "\(error)"
        }
        logger.event(.noDataFolder, ["cause": "\(cause)"])
        return nil
    }

    /// Admits as many clients as the settings and the process's limit of open files allow.
    static func clientGate(_ settings: NodeSettings, logger: Logger) -> ConnectionGate {
        let wanted = settings.clientConnections
        let openFiles = OpenFiles.raiseLimit()
        let limits = ConnectionLimits(
            total: OpenFiles.connections(wanted.total, within: openFiles),
            perAddress: wanted.perAddress
        )
        if limits.total < wanted.total {
            logger.event(
                .openFilesShort,
                [
                    "openFiles": .number(openFiles ?? 0), "connections": .number(limits.total),
                    "connectionsLimit": .number(wanted.total),
                    "connectionsPerAddress": .number(limits.perAddress),
                ]
            )
        }
        return ConnectionGate(limits: limits, name: "carts", logger: logger)
    }
}
