"""How often the public may try: guesses at addresses, copies of one link, calls for a new one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_limiter import Limit, RateLimitExceeded

from sales_portal.web.extensions import limiter

MISSES = "60 per minute"
CLAIMS = "600 per hour"
CALLS = "5 per hour"
MAILS = "10 per hour"

View = Callable[..., ResponseReturnValue]


def link_of_request() -> str:
    """The link a request is about, so that a flood on one link does not close another."""
    return str((request.view_args or {}).get("public_id", ""))


def caller_and_link() -> str:
    """One caller at one link."""
    return f"{request.remote_addr} {link_of_request()}"


@limiter.limit(MISSES)
def count_miss() -> None:
    """Count an address nobody was given; refuses a caller who guesses on and on."""


_CLAIMS = next(iter(Limit(CLAIMS, link_of_request).bind(limiter)))


def per_link_claims(view: View) -> View:
    """Let no more copies be made of one link, by everyone together, than anybody needs."""
    name = f"{view.__module__}.{view.__qualname__}"

    @wraps(view)
    def counted(*args: Any, **named: Any) -> ResponseReturnValue:
        # Asked directly: what the extension looks for with every call, which limits of which blueprints and defaults
        # there are besides, takes five times as long.
        if limiter.enabled and not limiter.limiter.hit(_CLAIMS.limit, name, link_of_request()):
            raise RateLimitExceeded(_CLAIMS)
        return view(*args, **named)
    return counted


mails_to_oneself = limiter.limit(MAILS, key_func=caller_and_link)
calls_for_a_new_one = limiter.limit(CALLS, key_func=caller_and_link)
