"""The health probes of a node whose Redis stands still: those that would restart it must not fail.

usage: probes.py FOLDER ADDRESS SECONDS READY UNREADY

Asks for SECONDS. Creates the file READY once the node says that it is ready, and then the file UNREADY once it says the opposite,
and needs to see it ready again after that.
"""
import os
import sys
import time

import grpc
import shops

shop = shops.load(sys.argv[1])
h = shop.grpc_health
health = shop.stub(grpc.insecure_channel(sys.argv[2]), "grpc.health.v1.Health")
names = ["", "liveness", "readiness", "hipstershop.CartService"]
seen = {name: [] for name in names}
end = time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    for name in names:
        # The time-out of a probe in Kubernetes.
        status = health.Check(h.HealthCheckRequest(service=name), timeout=1).status
        if seen[name][-1:] != [status]:
            seen[name].append(status)
    for status, file in ((h.HealthCheckResponse.SERVING, sys.argv[4]), (h.HealthCheckResponse.NOT_SERVING, sys.argv[5])):
        if status in seen["readiness"] and not os.path.exists(file):
            open(file, "w").close()
    time.sleep(0.1)
print(f"seen {seen}")
serving, not_serving = h.HealthCheckResponse.SERVING, h.HealthCheckResponse.NOT_SERVING
assert seen[""] == seen["liveness"] == [serving], seen
for name in names[2:]:
    assert seen[name] == [serving, not_serving, serving], seen
