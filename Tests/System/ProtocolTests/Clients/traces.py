"""A collector of OpenTelemetry, and a client of two nodes that export to it.

usage: traces.py STUBS PORT NODE NODE OPERATIONS

Decodes with the published messages (PyPI's opentelemetry-proto), and checks that a change which one node passes on
to the other is one tree over both. Then it hangs, and then it is gone: no request may fail or wait for it.
"""
import http.server
import json
import sys
import threading
import time
import urllib.request

from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

port, first, second, operations = int(sys.argv[2]), *sys.argv[3:6]
SERVER, CLIENT, INTERNAL = (
    trace_pb2.Span.SpanKind.Value(f"SPAN_KIND_{kind}") for kind in ("SERVER", "CLIENT", "INTERNAL")
)
changed = threading.Condition()
spans, hangs = [], threading.Event()


def value(any_value):
    return getattr(any_value, any_value.WhichOneof("value"))


class Collector(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if hangs.is_set():
            time.sleep(60)
            return
        assert self.path == "/v1/traces", self.path
        assert self.headers["content-type"] == "application/x-protobuf", self.headers
        request = trace_service_pb2.ExportTraceServiceRequest.FromString(body)
        # What it has is what these messages know.
        assert trace_service_pb2.ExportTraceServiceRequest.FromString(request.SerializeToString()) == request
        with changed:
            for of_resource in request.resource_spans:
                resource = {pair.key: value(pair.value) for pair in of_resource.resource.attributes}
                for of_scope in of_resource.scope_spans:
                    spans.extend((resource, span) for span in of_scope.spans)
            changed.notify_all()
        answer = trace_service_pb2.ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def call(method, url, body=None, **fields):
    fields["content-type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    headers = {name.replace("_", "-"): text for name, text in fields.items()}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


def of_trace(trace, count):
    """The spans of a trace by their ids, once there are so many."""
    with changed:
        def found():
            return {span.span_id: (resource, span) for resource, span in spans if span.trace_id.hex() == trace}

        assert changed.wait_for(lambda: len(found()) >= count, timeout=20), sorted(
            (span.name, span.trace_id.hex()) for _, span in spans
        )
        return found()


def check_tree(trace, client):
    # On the first node also a look at the cart in Redis, which tells its owner.
    tree = of_trace(trace, 8)
    seen = []
    span_id = next(i for i, (_, span) in tree.items() if span.name == "commit")
    while span_id.hex() != client:
        resource, span = tree[span_id]
        assert resource["service.name"] == "carts" and resource["zone"] == "a b", resource
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano, span
        seen.append((resource["service.instance.id"], span.name, span.kind))
        span_id = span.parent_span_id
    print(seen)
    assert seen == [
        ("node1", "commit", CLIENT),
        ("node1", "actor command", INTERNAL),
        ("node1", "link ask", SERVER),
        ("node0", "link ask", CLIENT),
        ("node0", "POST /v1/carts/{id}/lines", SERVER),
    ], seen
    for resource, span in tree.values():
        assert span.parent_span_id.hex() == client or span.parent_span_id in tree, span
        assert span.flags & 0xff == 1 and span.trace_state == "vendor=1", span
        attributes = {pair.key: value(pair.value) for pair in span.attributes}
        assert "secret-cart" not in str(span) and "secret-tea" not in str(span), span
        if span.name == "commit":
            assert attributes["db.system.name"] == "redis", attributes
            assert attributes["db.operation.name"] == "commit", attributes
        if span.name == "actor command":
            owns = resource["service.instance.id"] == "node1"
            assert attributes["actor.outcome"] == ("accepted" if owns else "elsewhere"), attributes
            assert len(attributes["actor.id_hash"]) == 32, attributes
        if span.name.startswith("POST"):
            assert attributes["http.response.status_code"] == 201, attributes


def dropped():
    text = call("GET", f"{operations}/metrics")[1]
    lines = [line for line in text.splitlines() if line.startswith("otlp_dropped_spans_total{")]
    assert len(lines) == 3, lines
    return sum(float(line.split()[-1]) for line in lines)


collector = http.server.ThreadingHTTPServer(("127.0.0.1", port), Collector)
collector.daemon_threads = True
threading.Thread(target=collector.serve_forever, daemon=True).start()

line = {"sku": "secret-tea", "quantity": 1, "unitPrice": {"amount": 100, "currency": "EUR"}}
trace, client = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
parent = f"00-{trace}-{client}-01"
assert call("PUT", f"{second}/v1/carts/secret-cart")[0] == 201
assert call("POST", f"{first}/v1/carts/secret-cart/lines", line, traceparent=parent, tracestate="vendor=1")[0] == 201
check_tree(trace, client)
with changed:
    assert {span.trace_id.hex() for _, span in spans} == {trace}, "requests without a trace were recorded"

hangs.set()
for gone in (False, True):
    if gone:
        collector.shutdown()
        collector.server_close()
    slowest = 0
    for number in range(200):
        began = time.monotonic()
        sampled = f"00-{trace}-{number + 1:016x}-01"
        status, _ = call("GET", f"{first}/v1/carts/secret-cart", traceparent=sampled)
        assert status == 200, status
        slowest = max(slowest, time.monotonic() - began)
    print(f"gone {gone}, slowest {slowest:.3f} s, dropped {dropped():.0f}")
    assert slowest < 1, slowest
deadline = time.monotonic() + 20
while dropped() < 300:
    assert time.monotonic() < deadline, dropped()
    time.sleep(0.1)
