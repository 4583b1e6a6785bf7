"""Stubs of a client that is not ours: grpcio's channels, and messages that protoc generates from the shops' files.

usage in another file: `shop = shops.load(FOLDER)`; then `shop.hipstershop.Cart(...)` and
`shop.stub(channel, "hipstershop.CartService")`.
"""
import importlib
import os
import subprocess
import sys
import types

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
OWN = os.path.join(HERE, "..", "..", "..", "..", "Protos")
# The shops' protocols stand beside this file; our own and gRPC's are the published ones.
FILES = {
    "hipstershop": HERE, "oteldemo": HERE, "cart_v1": OWN, "grpc_health": OWN,
    "grpc_reflection_v1": OWN, "grpc_reflection_v1alpha": OWN,
}


class Stub:
    """One service on a channel, with a method for each method of the service's descriptor."""

    def __init__(self, channel, service):
        for method in service.methods:
            pattern = ("stream" if method_streams(method, 0) else "unary") + "_" + \
                ("stream" if method_streams(method, 1) else "unary")
            call = getattr(channel, pattern)(
                f"/{service.full_name}/{method.name}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=message_class(method.output_type).FromString,
            )
            setattr(self, method.name, call)


def message_class(descriptor):
    from google.protobuf import message_factory
    return message_factory.MessageFactory().GetPrototype(descriptor)


def method_streams(method, side):
    from google.protobuf import descriptor_pb2
    proto = descriptor_pb2.MethodDescriptorProto()
    method.CopyToProto(proto)
    return (proto.client_streaming, proto.server_streaming)[side]


def load(folder):
    """Generates the messages in the folder and imports them."""
    os.makedirs(folder, exist_ok=True)
    for name, home in FILES.items():
        subprocess.run(["protoc", f"--proto_path={home}", f"--python_out={folder}", f"{name}.proto"], check=True)
    sys.path.insert(0, folder)
    found = types.SimpleNamespace()
    services = {}
    for name in FILES:
        module = importlib.import_module(f"{name}_pb2")
        setattr(found, name, module)
        for service in module.DESCRIPTOR.services_by_name.values():
            services[service.full_name] = service
    found.stub = lambda channel, name: Stub(channel, services[name])
    return found


def never_begun(error):
    """Tells if no node accepted the call: there was no connection, or it was being closed (REFUSED_STREAM)."""
    return "failed to connect" in error.details() or "RST_STREAM with error code 7" in error.details()


def refusal(call, message, **options):
    """The status of a call that must fail: its code's name, its message and its trailers."""
    try:
        answer = call(message, timeout=5, **options)
    except grpc.RpcError as error:
        return error.code().name, error.details(), dict(error.trailing_metadata() or ())
    raise AssertionError(f"not refused: {message!r} -> {answer!r}")
