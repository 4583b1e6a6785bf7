"""Clients of one node that is told to leave: no call that the node accepted fails, and watchers are told before
the node ends.

usage: leaving.py FOLDER ADDRESS READY

Creates the file READY when calls succeed, and ends when the node is gone.
"""
import sys
import threading
import time

import grpc
import shops

shop = shops.load(sys.argv[1])
m, h = shop.oteldemo, shop.grpc_health
statuses, failures, done = [], [], [0] * 8
gone = threading.Event()


def watch():
    health = shop.stub(grpc.insecure_channel(sys.argv[2]), "grpc.health.v1.Health")
    try:
        for answer in health.Watch(h.HealthCheckRequest(service="oteldemo.CartService"), timeout=30):
            statuses.append(answer.status)
    except grpc.RpcError as error:
        statuses.append(error.code().name)


def client(number):
    options = [("grpc.use_local_subchannel_pool", 1)]
    cart = shop.stub(grpc.insecure_channel(sys.argv[2], options=options), "oteldemo.CartService")
    item = m.CartItem(product_id="1", quantity=1)
    while True:
        try:
            cart.AddItem(m.AddItemRequest(user_id=f"user {number}", item=item), timeout=5)
            done[number] += 1
        except grpc.RpcError as error:
            if not shops.never_begun(error):
                failures.append((error.code().name, error.details()))
            return


watcher = threading.Thread(target=watch)
threads = [threading.Thread(target=client, args=(number,)) for number in range(len(done))]
for thread in [watcher] + threads:
    thread.start()
while min(done) < 5 or not statuses:
    time.sleep(0.01)
open(sys.argv[3], "w").close()
for thread in threads + [watcher]:
    thread.join()
print(f"done {sum(done)}, failed {failures}, watched {statuses}")
serving, not_serving = h.HealthCheckResponse.SERVING, h.HealthCheckResponse.NOT_SERVING
assert statuses[:2] == [serving, not_serving], statuses
assert not failures, failures
