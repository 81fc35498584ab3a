"""What all models have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, Final, Protocol


class NotGiven(Enum):
    """The type of `NOT_GIVEN`."""

    NOT_GIVEN = "not given"

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven.NOT_GIVEN
"""The value of an argument that is not sent at all. `None` is sent, as null."""


class HasETag(Protocol):
    """An object that has an entity tag, such as a task or a list."""

    @property
    def etag(self) -> str | None: ...


@dataclass(frozen=True)
class ResponseInfo:
    """The response of a call, without its body."""

    status: int
    headers: Mapping[str, str]
    """The header fields; names are matched in any letter case."""

    @property
    def request_id(self) -> str | None:
        """The id of the request, which is also in the server's log."""
        return self.headers.get("x-request-id")

    @property
    def etag(self) -> str | None:
        """The entity tag of the response."""
        return self.headers.get("etag")

    @property
    def change(self) -> str | None:
        """The id of the change that the call has made, to undo it; `None` if it changed nothing."""
        return self.headers.get("change")

    @property
    def is_replayed(self) -> bool:
        """Whether it is the stored result of an earlier request with the same key."""
        return "idempotency-replayed" in self.headers


class Model:
    """The base class of the objects that the API returns."""

    response: ResponseInfo | None = None
    """The response, if the object is the whole of it: not for an object in a list."""

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON has it: for `json.dumps`, with times as text (RFC 3339, in UTC).

        A field that the response did not have is `None`.
        """
        fields = {name: value for name, value in vars(self).items() if name != "response"}
        # A name that is a word of Python has a `_` after it.
        return {name.rstrip("_"): _plain(value) for name, value in fields.items()}

    def _came_with(self, response: ResponseInfo) -> None:
        object.__setattr__(self, "response", response)


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return [_plain(item) for item in value] if isinstance(value, list) else value


_TIME = re.compile(r"(.{10})[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))")


def parse_time(text: str) -> datetime:
    """An RFC 3339 date and time. `datetime.fromisoformat` of Python 3.10 cannot read them all."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date and time: {text!r}")
    day, time, fraction, zulu, sign, hours, minutes = match.groups()
    offset = timedelta(0) if zulu else timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset)
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    return datetime.fromisoformat(f"{day}T{time}").replace(microsecond=microseconds, tzinfo=zone)
