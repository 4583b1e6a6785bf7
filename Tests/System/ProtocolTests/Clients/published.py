"""The shops' published tests of a cart, their probes and our own protocol, against one node.

usage: published.py FOLDER ADDRESS
"""
import sys

import grpc
import shops

shop = shops.load(sys.argv[1])
channel = grpc.insecure_channel(sys.argv[2])


def dialect(package):
    """The published tests of a shop: a user without a cart, adding twice, emptying."""
    m = getattr(shop, package)
    cart = shop.stub(channel, f"{package}.CartService")

    def add(user, product, quantity):
        cart.AddItem(m.AddItemRequest(user_id=user, item=m.CartItem(product_id=product, quantity=quantity)), timeout=5)

    def items(user):
        found = cart.GetCart(m.GetCartRequest(user_id=user), timeout=5)
        assert found.user_id == (user if found.items else ""), found
        return [(item.product_id, item.quantity) for item in found.items]

    assert items("nobody") == []
    assert cart.GetCart(m.GetCartRequest(user_id="nobody"), timeout=5) == m.Cart()
    add("twice", "1", 1)
    add("twice", "1", 1)
    assert items("twice") == [("1", 2)], items("twice")
    add("emptied", "1", 1)
    cart.EmptyCart(m.EmptyCartRequest(user_id="emptied"), timeout=5)
    assert items("emptied") == []
    cart.EmptyCart(m.EmptyCartRequest(user_id="nobody"), timeout=5)
    # Items keep the order of their arrival, whatever their names.
    odd = "{a}/b c%7B~+\u00e9\U0001f6d2"
    for product, quantity in [("OLJCESPC7Z", 10), (odd, 3), ("66VCHSJNUP", 1), (odd, 4)]:
        add(odd, product, quantity)
    assert items(odd) == [("OLJCESPC7Z", 10), (odd, 7), ("66VCHSJNUP", 1)], items(odd)
    # Ids that differ only in composed or decomposed letters are different users.
    add("\u00e9", "1", 1)
    assert items("e\u0301") == []

    def refused(user="u", product="p", quantity=1, field=""):
        message = m.AddItemRequest(user_id=user, item=m.CartItem(product_id=product, quantity=quantity))
        code, words, trailers = shops.refusal(cart.AddItem, message)
        assert code == "INVALID_ARGUMENT" and words.startswith(field + ": "), (code, words)
        assert trailers["cart-problem"] in ("invalid-id", "invalid-field"), trailers

    refused(user="", field="user_id")
    refused(user="u" * 200, field="user_id")
    refused(product="", field="item.product_id")
    refused(product="p" * 129, field="item.product_id")
    for quantity in (0, -1, -2**31, 10_000, 2**31 - 1):
        refused(quantity=quantity, field="item.quantity")
    code, words, _ = shops.refusal(cart.AddItem, m.AddItemRequest(user_id="u"))
    assert (code, words[:5]) == ("INVALID_ARGUMENT", "item:"), (code, words)
    code, words, _ = shops.refusal(cart.GetCart, m.GetCartRequest())
    assert (code, words[:8]) == ("INVALID_ARGUMENT", "user_id:"), (code, words)
    assert items("u") == []
    # A repeated request with the same key is not applied again.
    for _ in range(3):
        message = m.AddItemRequest(user_id="keyed", item=m.CartItem(product_id="1", quantity=2))
        cart.AddItem(message, timeout=5, metadata=[("idempotency-key", "a-key-of-a-test")])
    assert items("keyed") == [("1", 2)]
    return items


boutique = dialect("hipstershop")
demo = dialect("oteldemo")


def separation():
    """A shop's user reaches no cart of another shop and none of ours."""
    m = shop.hipstershop
    cart = shop.stub(channel, "hipstershop.CartService")
    cart.AddItem(m.AddItemRequest(user_id="shared", item=m.CartItem(product_id="1", quantity=1)), timeout=5)
    assert boutique("shared") == [("1", 1)] and demo("shared") == []
    own = shop.cart_v1
    for name in ("~hipstershop~shared", "~hipstershop~nobody", "~"):
        code, words, _ = shops.refusal(shop.stub(channel, "cart.v1.CartService").Get, own.GetRequest(cart_id=name))
        assert code == "INVALID_ARGUMENT" and words.startswith("cart_id: "), (code, words)


def probes():
    """The probes of those shops' deployments, and the reflection that grpcurl uses."""
    h = shop.grpc_health
    health = shop.stub(channel, "grpc.health.v1.Health")
    serving = h.HealthCheckResponse.SERVING
    names = ["", "hipstershop.CartService", "oteldemo.CartService", "cart.v1.CartService", "liveness", "readiness"]
    for name in names:
        assert health.Check(h.HealthCheckRequest(service=name), timeout=5).status == serving, name
        watch = health.Watch(h.HealthCheckRequest(service=name), timeout=5)
        assert next(watch).status == serving, name
        watch.cancel()
    assert shops.refusal(health.Check, h.HealthCheckRequest(service="nothing"))[0] == "NOT_FOUND"
    watch = health.Watch(h.HealthCheckRequest(service="nothing"), timeout=5)
    assert next(watch).status == h.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()
    for version in ("v1", "v1alpha"):
        r = getattr(shop, f"grpc_reflection_{version}")
        look = shop.stub(channel, f"grpc.reflection.{version}.ServerReflection").ServerReflectionInfo
        asked = [r.ServerReflectionRequest(list_services=""),
                 r.ServerReflectionRequest(file_containing_symbol="oteldemo.CartService"),
                 r.ServerReflectionRequest(file_containing_symbol="cart.v1.CartService.AddLine"),
                 r.ServerReflectionRequest(file_by_filename="nothing.proto")]
        listed, other, own, none = look(iter(asked), timeout=5)
        assert set(names[1:4]) <= {s.name for s in listed.list_services_response.service}, listed
        assert len(other.file_descriptor_response.file_descriptor_proto) == 1
        assert len(own.file_descriptor_response.file_descriptor_proto) == 2
        assert none.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


def garbage():
    """Malformed messages, messages that are too long, and unknown methods."""
    def raw(method, data):
        return shops.refusal(channel.unary_unary(method), data)

    method = "/hipstershop.CartService/AddItem"
    for data in (b"\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe", b"\x12\x02\x0a\x09", b"\x0b" * 50):
        code, _, trailers = raw(method, data)
        assert (code, trailers["cart-problem"]) == ("INVALID_ARGUMENT", "malformed-message"), (code, data)
    # An unknown field is ignored, so that the message names no user.
    code, words, _ = raw(method, b"\x98\x06\x01")
    assert code == "INVALID_ARGUMENT" and words.startswith("user_id"), (code, words)
    code, _, trailers = raw(method, b"\x0a\xf0\xa2\x04" + b"a" * 70_000)
    assert (code, trailers["cart-problem"]) == ("RESOURCE_EXHAUSTED", "body-too-large"), (code, trailers)
    assert raw("/hipstershop.CartService/Nothing", b"")[0] == "UNIMPLEMENTED"
    assert raw("/nothing.Service/Nothing", b"")[0] == "UNIMPLEMENTED"


def own():
    """Our own protocol."""
    m = shop.cart_v1
    cart = shop.stub(channel, "cart.v1.CartService")
    price = m.Money(minor_units=450, currency="EUR")
    created = cart.Create(m.CreateRequest(terms=m.Terms(idempotency_key="0123456789-0123456789")), timeout=5)
    again = cart.Create(m.CreateRequest(terms=m.Terms(idempotency_key="0123456789-0123456789")), timeout=5)
    assert again.replayed and again.cart.id == created.cart.id
    name, first = created.cart.id, created.cart.version
    line = m.AddLineRequest(cart_id=name, sku="tea", quantity=2, unit_price=price, attributes={"size": "L"},
                            terms=m.Terms(idempotency_key="k", expected_version=first))
    for replayed in (False, True):
        added = cart.AddLine(line, timeout=5)
        assert (added.effect, added.replayed, added.committed_version) == (m.EFFECT_LINE_ADDED, replayed, first + 1), added
        assert added.cart.totals.subtotal.minor_units == 900
    line.quantity = 3
    assert shops.refusal(cart.AddLine, line)[0] == "FAILED_PRECONDITION"
    stale = m.SetQuantityRequest(cart_id=name, line_id=1, quantity=9, terms=m.Terms(expected_version=first))
    code, _, trailers = shops.refusal(cart.SetQuantity, stale)
    assert (code, trailers["cart-problem"]) == ("ABORTED", "version-mismatch")
    bad = [
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", quantity=1), "unit_price"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", quantity=0, unit_price=price), "quantity"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", quantity=2**63 - 1, unit_price=price), "quantity"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x\x01y", quantity=1, unit_price=price), "sku"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", name="\x07", quantity=1, unit_price=price), "name"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", quantity=1,
                                        unit_price=m.Money(minor_units=-1, currency="EUR")), "unit_price.minor_units"),
        (cart.AddLine, m.AddLineRequest(cart_id=name, sku="x", quantity=1,
                                        unit_price=m.Money(currency="eur")), "currency"),
        (cart.SetQuantity, m.SetQuantityRequest(cart_id=name, quantity=1), "line_id"),
        (cart.Create, m.CreateRequest(cart_id="a/b"), "cart_id"),
        (cart.Create, m.CreateRequest(terms=m.Terms(idempotency_key="short")), "terms.idempotency_key"),
        (cart.Clear, m.ClearRequest(cart_id=name, terms=m.Terms(idempotency_key="two\nwords")), "terms.idempotency_key"),
    ]
    for call, message, field in bad:
        code, words, _ = shops.refusal(call, message)
        assert code == "INVALID_ARGUMENT" and words.startswith(field + ": "), (code, words, field)
    assert cart.RemoveLine(m.RemoveLineRequest(cart_id=name, line_id=1), timeout=5).cart.version == first + 2
    assert not cart.Delete(m.DeleteRequest(cart_id=name), timeout=5).HasField("cart")
    code, _, trailers = shops.refusal(cart.Get, m.GetRequest(cart_id=name))
    assert (code, trailers["cart-problem"]) == ("NOT_FOUND", "cart-deleted")


separation()
probes()
garbage()
own()
print("all of it holds")
