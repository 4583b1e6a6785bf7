import CartProtobuf
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows clients without stubs what there is to call (`grpc.reflection.v1` and, the same under its older
/// name, `v1alpha`).
struct ReflectionService: RegistrableRPCService {
    static let names = [
        "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
    ]

    /// The longest request.
    private static let requestBytes = 4_096

    private let descriptorPool: DescriptorPool

    init(_ descriptorPool: DescriptorPool) {
        self.descriptorPool = descriptorPool
    }

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        for name in Self.names {
            router.registerHandler(
                forMethod: MethodDescriptor(
                    service: ServiceDescriptor(fullyQualifiedService: name),
                    method: "ServerReflectionInfo",
                    type: .bidirectionalStreaming
                ),
                deserializer: BoundedDeserializer<MirrorServerReflectionRequest>(limit: Self.requestBytes),
                serializer: ProtobufSerializer<MirrorServerReflectionResponse>()
            ) { stream, context in
                StreamingServerResponse { writer in
                    let requests = stream.messages
                    try await whileWanted(context) {
                        for try await request in requests { try await writer.write(answer(request)) }
                    }
                    return [:]
                }
            }
        }
    }

    func answer(_ request: MirrorServerReflectionRequest) -> MirrorServerReflectionResponse {
        .with {
            $0.validHost = request.host
            $0.originalRequest = request
            $0.messageResponse = response(to: request)
        }
    }

    private func response(to request: MirrorServerReflectionRequest)
        -> MirrorServerReflectionResponse.OneOf_MessageResponse
    {
        switch request.messageRequest {
        case .listServices:
            let services = descriptorPool.services.map { name in MirrorServiceResponse.with { $0.name = name }
            }
            return .listServicesResponse(.with { $0.service = services })
        case .fileByFilename(let name):
            return files(descriptorPool.files(of: name), "no file has this name")
        case .fileContainingSymbol(let symbol):
            let name = descriptorPool.file(defining: symbol)
            return files(name.map { descriptorPool.files(of: $0) } ?? [], "nothing has this name")
        case .fileContainingExtension:
            return error(.notFound, "there are no extensions")
        case .allExtensionNumbersOfType(let type):
            guard descriptorPool.file(defining: type) != nil else {
                return error(.notFound, "nothing has this name")
            }
            return .allExtensionNumbersResponse(.with { $0.baseTypeName = type })
        case .none:
            return error(.invalidArgument, "a request of no kind that this node knows")
        }
    }

    private func files(_ files: [[UInt8]], _ otherwise: String)
        -> MirrorServerReflectionResponse.OneOf_MessageResponse
    {
        guard !files.isEmpty else { return error(.notFound, otherwise) }
        return .fileDescriptorResponse(.with { $0.fileDescriptorProto = files.map { Data($0) } })
    }

    private func error(_ code: Status.Code, _ message: String)
        -> MirrorServerReflectionResponse.OneOf_MessageResponse
    {
        .errorResponse(
            .with {
                $0.errorCode = Int32(code.rawValue)
                $0.errorMessage = message
            }
        )
    }
}
