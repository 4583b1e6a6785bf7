"""What the document can not say, and schemathesis therefore does not know."""

import uuid

import schemathesis


def plain(value):
    """JSON Schema takes 3.0 for an integer, and counts the characters of texts.

    The node wants an integer to be written as one, and counts bytes: in long texts each character becomes one of a byte.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value.encode()) > 64:
        return "".join(character if character.isascii() else "x" for character in value)
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {name: plain(element) for name, element in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    # What is to be refused stays as it is.
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, (dict, list, float)):
        body = plain(case.body)
        if repr(body) != repr(case.body):
            case.body = body
    # The same key with another request is an error: each request is another.
    for name in list(case.headers or ()):
        if name.lower() == "idempotency-key":
            case.headers[name] = str(uuid.uuid4())
