"""Rules that the OpenAPI document cannot express (docs/api.md)."""

import uuid

import schemathesis


def plain(value):
    """Adapts a value to the node's rules.

    JSON Schema counts the characters of texts. The node counts bytes, so in long texts every character becomes one of a
    single byte.
    """
    if isinstance(value, str) and len(value.encode()) > 64:
        return "".join(character if character.isascii() else "x" for character in value)
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        # The exponent of a price must be that of its currency.
        return {name: plain(element) for name, element in value.items() if not (name == "exponent" and "amount" in value)}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    # Invalid requests stay unchanged.
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, (dict, list)):
        body = plain(case.body)
        if repr(body) != repr(case.body):
            case.body = body
    # The same key with a different request is an error, so each request gets a new key.
    for name in list(case.headers or ()):
        if name.lower() == "idempotency-key":
            case.headers[name] = str(uuid.uuid4())
