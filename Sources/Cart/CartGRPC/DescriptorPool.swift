import CartProtobuf
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The descriptors of the served files, by name.
struct DescriptorPool: Sendable {
    /// The services' full names, in alphabetical order.
    let services: [String]
    /// Each file's own bytes and the names of those that it imports.
    private let described: [String: (bytes: [UInt8], imports: [String])]
    /// The file of each service, method, message, field, enumeration and value by its full name.
    private let places: [String: String]

    /// The files that this build serves.
    ///
    /// - Throws: where what was generated is broken.
    static func served() throws -> DescriptorPool {
        let text = servedDescriptors.filter { !$0.isWhitespace }
        guard let bytes = Data(base64Encoded: text) else { throw InvalidDescriptorSet() }
        return try DescriptorPool(Google_Protobuf_FileDescriptorSet(serializedBytes: bytes))
    }

    struct InvalidDescriptorSet: Error {}

    init(_ set: Google_Protobuf_FileDescriptorSet) throws {
        var services: [String] = []
        var described: [String: (bytes: [UInt8], imports: [String])] = [:]
        var places: [String: String] = [:]
        for file in set.file {
            described[file.name] = (try file.serializedBytes(), file.dependency)
            var names: [String] = []
            let scope = file.package.isEmpty ? "" : file.package + "."
            for service in file.service {
                services.append(scope + service.name)
                names.append(scope + service.name)
                names += service.method.map { "\(scope)\(service.name).\($0.name)" }
            }
            for message in file.messageType { Self.collect(message, in: scope, into: &names) }
            for enumeration in file.enumType { Self.collect(enumeration, in: scope, into: &names) }
            for name in names { places[name] = file.name }
        }
        self.services = services.sorted()
        self.described = described
        self.places = places
    }

    private static func collect(
        _ message: Google_Protobuf_DescriptorProto,
        in scope: String,
        into names: inout [String]
    ) {
        let name = scope + message.name
        names.append(name)
        names += message.field.map { "\(name).\($0.name)" }
        for inner in message.nestedType { collect(inner, in: name + ".", into: &names) }
        for enumeration in message.enumType { collect(enumeration, in: name + ".", into: &names) }
    }

    private static func collect(
        _ enumeration: Google_Protobuf_EnumDescriptorProto,
        in scope: String,
        into names: inout [String]
    ) {
        names.append(scope + enumeration.name)
        // Values are named beside their enumeration, not in it.
        names += enumeration.value.map { scope + $0.name }
    }

    /// The file in which something is described; nil for what is not.
    func file(defining name: String) -> String? { places[name] }

    /// A file and all that it needs, itself first; empty where there is no such file.
    func files(of name: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var seen: Set<String> = []
        var wanted = [name]
        while let next = wanted.popLast() {
            guard seen.insert(next).inserted, let file = described[next] else { continue }
            found.append(file.bytes)
            wanted += file.imports
        }
        return found
    }
}
