"""Many clients add items to one user's cart through any node that answers; the sums must be exact.

usage: crowd.py FOLDER READY SECONDS CLIENTS ADDRESS...

Creates the file READY when every address answers, and then starts.

Each call is counted as acknowledged, as not applied (the answer says so, or there was no connection), or as unknown.
The quantity of each product must be at least the acknowledged, and at most the acknowledged and the unknown.
"""
import collections
import random
import sys
import threading
import time

import grpc
import shops

shop = shops.load(sys.argv[1])
ready, seconds, clients, addresses = sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), sys.argv[5:]
products = ["0PUK6V6EV0", "1YMWWN1N4O", "2ZYFJ3GM2N", "66VCHSJNUP", "6E92ZMYYFZ", "9SIQT8TOJO", "L9ECAV7KIM",
            "LS4PSXUNUM", "OLJCESPC7Z"]
m = shop.hipstershop
user = f"everybody {time.time_ns()}"
lock = threading.Lock()
acknowledged, unknown = collections.Counter(), collections.Counter()
codes, words = collections.Counter(), collections.Counter()
# Clients reconnect at once to a node that comes back.
options = [("grpc.max_reconnect_backoff_ms", 200), ("grpc.initial_reconnect_backoff_ms", 50),
           ("grpc.use_local_subchannel_pool", 1)]


def client(number, end):
    draw = random.Random(number)
    stubs = [shop.stub(grpc.insecure_channel(a, options=options), "hipstershop.CartService") for a in addresses]
    node = number
    while time.monotonic() < end:
        product, quantity = draw.choice(products), draw.randint(1, 10)
        message = m.AddItemRequest(user_id=user, item=m.CartItem(product_id=product, quantity=quantity))
        try:
            stubs[node % len(stubs)].AddItem(message, timeout=3)
            with lock:
                acknowledged[product] += quantity
                codes["OK"] += 1
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata() or ())
            # A problem without an outcome means that the cart refused.
            never = "cart-problem" in trailers and trailers.get("cart-outcome") != "unknown" or shops.never_begun(error)
            if "cart-problem" not in trailers:
                words[error.details()[:100]] += 1
            with lock:
                codes[f"{error.code().name} {'not applied' if never else 'unknown'}"] += 1
                if not never:
                    unknown[product] += quantity
            node += 1
            time.sleep(0.02)


for address in addresses:
    grpc.channel_ready_future(grpc.insecure_channel(address, options=options)).result(timeout=20)
open(ready, "w").close()
end = time.monotonic() + seconds
threads = [threading.Thread(target=client, args=(number, end)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()


def look(address):
    """Returns the cart as a node shows it, once the node answers."""
    stub = shop.stub(grpc.insecure_channel(address, options=options), "hipstershop.CartService")
    until = time.monotonic() + 20
    while True:
        try:
            found = stub.GetCart(m.GetCartRequest(user_id=user), timeout=3)
            return {item.product_id: item.quantity for item in found.items}
        except grpc.RpcError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


print(f"calls: {dict(codes)}; acknowledged {sum(acknowledged.values())}, unknown {sum(unknown.values())}", flush=True)
print(f"without an answer: {dict(words)}", flush=True)
carts = [look(address) for address in addresses]
assert all(cart == carts[0] for cart in carts), carts
assert codes["OK"] > 100, codes
for product in products:
    least, most = acknowledged[product], acknowledged[product] + unknown[product]
    assert least <= carts[0].get(product, 0) <= most, (product, least, carts[0].get(product, 0), most)
print(f"in the cart {sum(carts[0].values())}, as every node says")
