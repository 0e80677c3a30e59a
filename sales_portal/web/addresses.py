"""Addresses of pages about one numbered thing, put together; Flask builds each anew, in thirty calls."""

import re
from functools import cache
from typing import Any

import flask

from sales_portal.web import typed

_NUMBER = re.compile(r"[A-Z]+-[0-9]+")
_ANY = "X-000000000"


def url_for(endpoint: str, **values: Any) -> str:
    """The address of `endpoint`, as Flask has it."""
    number = values.get("number")
    if len(values) != 1 or type(number) is not str or not _NUMBER.fullmatch(number) or not flask.has_request_context():
        return flask.url_for(endpoint, **values)
    if endpoint.startswith("."):
        endpoint = f"{typed.this_request().blueprint}{endpoint}"
    before, after = _around(endpoint)
    return f"{typed.this_request().root_path}{before}{number}{after}"


@cache
def _around(endpoint: str) -> tuple[str, str]:
    """What stands before and behind the number in an address, where the portal is at the root of its host."""
    before, _, after = flask.url_for(endpoint, number=_ANY).partition(_ANY)
    return before.removeprefix(typed.this_request().root_path), after
