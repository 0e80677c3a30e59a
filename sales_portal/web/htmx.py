"""Talking to htmx: which requests are its own, and the answers it understands."""

import json

from flask import Response, make_response, redirect

from sales_portal.web import typed


def is_htmx() -> bool:
    """Whether this request was made by htmx, so that a fragment answers it.

    Going back in the browser's history asks for the whole page again, though htmx does the asking.
    """
    sent = typed.this_request().environ
    return sent.get("HTTP_HX_REQUEST") == "true" and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in sent


def fragments(*parts: str, status: int = 200, trigger: dict[str, object] | None = None,
              push_url: str | None = None, into: str | None = None, swap: str | None = None) -> Response:
    """Answer rendered fragments: the first is the target's new content, the rest swap themselves out of band.

    `trigger` names client events with their details (`{"focus": "#search"}`); `push_url` becomes the address;
    `into` and `swap` are another target and way to swap than the element asked for.
    """
    response = make_response("\n".join(parts), status)
    response.headers["Vary"] = "HX-Request"
    if trigger:
        response.headers["HX-Trigger"] = json.dumps(trigger)
    if push_url:
        response.headers["HX-Push-Url"] = push_url
    if into:
        response.headers["HX-Retarget"] = into
    if swap:
        response.headers["HX-Reswap"] = swap
    return response


def go(url: str) -> Response:
    """Send the browser to `url`: by a header where htmx asked, by a 303 otherwise."""
    if is_htmx():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))
