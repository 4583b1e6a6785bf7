"""A cluster of its own for scripts/page-test: Redis and three nodes on the loopback, with a short lease."""

import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

# Seconds.
LEASE, MARGIN = 3.0, 0.3


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def call(url, method="GET", body=None, headers=(), timeout=10):
    """The status, the header and the body of an answer; status 0 for none."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **dict(headers)}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except OSError:
        return 0, {}, b""


def await_that(what, seconds, holds):
    """Waits until something holds, and returns what it was."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} within {seconds} s")


class Process:
    """A server of the cluster. It can be started again at the same place."""

    def __init__(self, name, folder, command):
        self.name, self.command = name, command
        self.log = folder / f"{name}.log"
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.environment())

    @staticmethod
    def environment():
        return {name: value for name, value in os.environ.items() if not name.startswith(("CART_", "REDIS_"))}

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


class Node(Process):
    def __init__(self, name, folder, binary, redis_port, secret, options=()):
        self.http_port, self.ops_port, grpc_port, link_port = free_ports(4)
        super().__init__(name, folder, [
            binary, "--node-name", name, "--data-dir", str(folder / name), "--cluster-secret-file", str(secret),
            "--redis-url", f"redis://127.0.0.1:{redis_port}", "--http-port", str(self.http_port),
            "--ops-port", str(self.ops_port), "--grpc-port", str(grpc_port), "--link-port", str(link_port),
            "--lease-length", f"{LEASE:g}s", "--lease-margin", f"{MARGIN * 1000:g}ms",
            "--heartbeat-interval", "300ms", "--drain-budget", "10s", "--lame-duck", "2s", "--follow-after", "0",
            *options,
        ])

    @property
    def ops(self):
        return f"http://127.0.0.1:{self.ops_port}"

    def cart(self, cart, path=""):
        return f"http://127.0.0.1:{self.http_port}/v1/carts/{cart}{path}"

    def is_ready(self):
        return call(f"{self.ops}/readyz", timeout=1)[0] == 200


class Cluster:
    def __init__(self, binary, nodes=3, options=()):
        self.scratch = tempfile.TemporaryDirectory(prefix="cart-page-")
        folder = pathlib.Path(self.scratch.name)
        secret = folder / "secret"
        secret.write_text(secrets.token_hex(16))
        [port] = free_ports(1)
        self.redis = Process("redis", folder, [
            "redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "",
            "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory", "256mb",
        ])
        self.nodes = [Node(f"node-{k}", folder, binary, port, secret, options) for k in range(1, nodes + 1)]
        self.stopped = threading.Event()
        self.load = threading.Thread(target=self.put_load, daemon=True)

    def __enter__(self):
        self.redis.start()
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            await_that(f"{node.name} is ready", 30, node.is_ready)
        self.load.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.load.join(timeout=15)
        for process in [*self.nodes, self.redis]:
            process.end()
        self.scratch.cleanup()

    def node(self, name):
        return next(node for node in self.nodes if node.name == name)

    def others(self, node):
        return [other for other in self.nodes if other is not node]

    def create(self, cart, at):
        """Creates a cart with two lines, which then lives on the node that was asked."""
        assert call(at.cart(cart), "PUT")[0] == 201
        for sku, name, amount in [("tea-100", "Green tea", 450), ("cup-2", "Cup", 900)]:
            line = {"sku": sku, "name": name, "quantity": 2, "unitPrice": {"amount": amount, "currency": "EUR"}}
            assert call(at.cart(cart, "/lines"), "POST", line)[0] in (200, 201)

    def put_load(self):
        """A few shoppers, so that there is something to see."""
        number = 0
        while not self.stopped.wait(0.004):
            number += 1
            cart, node = f"shopper-{number % 240}", self.nodes[number % 240 % len(self.nodes)]
            if node.process.poll() is not None:
                continue
            if number <= 240:
                call(node.cart(cart), "PUT", timeout=2)
            line = {"sku": f"sku-{number % 7}", "name": "Thing", "quantity": 1, "unitPrice": {"amount": 100, "currency": "EUR"}}
            if number % 3 == 0:
                call(node.cart(cart, "/lines"), "POST", line, timeout=2)
            else:
                call(node.cart(cart), timeout=2)
