"""Runs the steps of the scenario and prints which of them passed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

API = os.environ.get("API", "")
TOKEN = os.environ.get("TOKEN", "")
TOKEN_2 = os.environ.get("TOKEN_2", "")
OTHER_TOKEN = os.environ.get("OTHER_TOKEN", "")

F = TypeVar("F", bound=Callable[..., Any])


def url(step: str) -> str:
    return f"{API}/{step}"


def any_id() -> str:
    return str(uuid4())


class Steps:
    def __init__(self) -> None:
        self.all: dict[str, Callable[..., Any]] = {}
        self.failed = False

    def __call__(self, name: str) -> Callable[[F], F]:
        def add(function: F) -> F:
            self.all[name] = function
            return function

        return add

    def passed(self, name: str) -> None:
        print(f"ok {name}", flush=True)

    def fail(self, name: str) -> None:
        self.failed = True
        print(f"failed {name}\n{traceback.format_exc()}", flush=True)


def show(step: str, text: object) -> None:
    """Prints a text for the proof of a step, on one line."""
    print(f"text {step} {' '.join(str(text).split())}", flush=True)


def check(is_right: bool, what: object) -> None:
    if not is_right:
        raise AssertionError(repr(what))
