# Mends the tool, not its findings: in one coverage scenario Schemathesis (seen in 4.25 and 4.32) sends a header whose
# schema has a pattern as the bare number 0 and calls that valid. The entity tag "0" is what it means.
#
# A key belongs to one request, so a repeated one is rightly refused; the generator repeats its keys. Each request that
# is meant to be accepted gets a key of its own.
#
# White space around a title does not count for its length, which a JSON Schema cannot say: a title that is too long by
# nothing else breaks no rule, so it is not sent as one that does. And the contract's patterns are those of ECMAScript:
# where Python has other white space (U+FEFF is none, U+001C to U+001F and U+0085 are), a title of nothing else is
# neither sent as good nor as bad.
from uuid import uuid4

import schemathesis

# What JavaScript's trim() takes for white space.
WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def is_disputed(value):
    if isinstance(value, list):
        return any(is_disputed(item) for item in value)
    if not isinstance(value, dict):
        return False
    title = value.get("title")
    if isinstance(title, str):
        if len(title) > 200 and 1 <= len(title.strip(WHITE_SPACE)) <= 200:
            return True
        if (title.strip(WHITE_SPACE) == "") != (title.strip() == ""):
            return True
    return any(is_disputed(item) for item in value.values())


@schemathesis.hook
def filter_body(context, body):
    return not is_disputed(body)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name in ("If-Match", "If-None-Match"):
        if str((case.headers or {}).get(name)) == "0":
            case.headers[name] = '"0"'
    if (case.headers or {}).get("Idempotency-Key") is not None:
        case.headers["Idempotency-Key"] = str(uuid4())
