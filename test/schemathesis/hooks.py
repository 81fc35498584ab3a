# Mends the tool, not its findings: in one coverage scenario Schemathesis (seen in 4.25 and 4.32) sends a header whose
# schema has a pattern as the bare number 0 and calls that valid. The entity tag "0" is what it means.
#
# A key belongs to one request, so a repeated one is rightly refused; the generator repeats its keys. Each request that
# is meant to be accepted gets a key of its own.
from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name in ("If-Match", "If-None-Match"):
        if str((case.headers or {}).get(name)) == "0":
            case.headers[name] = '"0"'
    if (case.headers or {}).get("Idempotency-Key") is not None:
        case.headers["Idempotency-Key"] = str(uuid4())
