"""What the document can not say, and schemathesis therefore does not know."""

import uuid

import schemathesis


def whole(value):
    """JSON Schema takes 3.0 for an integer; the node wants an integer to be written as one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(element) for element in value]
    if isinstance(value, dict):
        return {name: whole(element) for name, element in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = whole(case.body)
    # The same key with another request is an error: each request is another.
    headers = case.headers
    if headers and case.meta is not None and case.meta.generation.mode.is_positive:
        for name in list(headers):
            if name.lower() == "idempotency-key":
                headers[name] = str(uuid.uuid4())
