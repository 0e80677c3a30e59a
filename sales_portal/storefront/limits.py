"""How often the public may try: guesses at addresses, copies of one link, calls for a new one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_limiter import Limit, RateLimitExceeded

from sales_portal.core import tokens
from sales_portal.web.extensions import limiter

MISSES = "60 per minute"
MISSES_OF_LINK = "600 per hour"
CLAIMS = "600 per hour"
CALLS = "5 per hour"
CODES = "30 per hour"
CODES_TO_ONE, CODES_OF_ONE = "5 per hour", "20 per hour"
MAILS = "10 per hour"

View = Callable[..., ResponseReturnValue]


def link_of_request() -> str:
    """The link a request is about, so that a flood on one link does not close another."""
    return str((request.view_args or {}).get("public_id", ""))


def caller_and_link() -> str:
    """One caller at one link."""
    return f"{request.remote_addr} {link_of_request()}"


def _rate(said: str) -> Any:
    """A rate to be asked directly, by names of our own."""
    return next(iter(Limit(said, link_of_request).bind(limiter)))


_MISSES_OF_LINK = _rate(MISSES_OF_LINK)


@limiter.limit(MISSES)
def count_miss() -> None:
    """Count an address nobody was given; refuses a caller who guesses on and on, and many who guess at one link.

    Only wrong addresses are counted and refused: the right one opens however many guess at it.
    """
    link = link_of_request()
    if link and limiter.enabled and not limiter.limiter.hit(_MISSES_OF_LINK.limit, "misses", link):
        raise RateLimitExceeded(_MISSES_OF_LINK)


@limiter.limit(CODES, key_func=caller_and_link)
def count_code() -> None:
    """Count a discount code somebody tries at a link; refuses a caller who guesses on and on."""


def may_try_code() -> bool:
    """Count a discount code that stands in an address; False where it is to be left alone, since others were tried."""
    try:
        count_code()
    except RateLimitExceeded:
        return False
    return True


_CLAIMS = _rate(CLAIMS)


def may_claim(public_id: str) -> bool:
    """Count one copy that is made by a mere look; False where there are as many by now as anybody needs."""
    return _may_claim("looks", public_id)


def _may_claim(name: str, public_id: str) -> bool:
    return not limiter.enabled or limiter.limiter.hit(_CLAIMS.limit, name, public_id)


_TO_ONE, _OF_ONE = _rate(CODES_TO_ONE), _rate(CODES_OF_ONE)


def may_send_code(email: str) -> bool:
    """Whether one more code may be mailed to `email`, and for this caller; counts it."""
    if not limiter.enabled:
        return True
    is_fine_for_both = [limiter.limiter.hit(_TO_ONE.limit, "code to", tokens.digest(email)),
                        limiter.limiter.hit(_OF_ONE.limit, "code of", caller_and_link())]
    return all(is_fine_for_both)


def per_link_claims(view: View) -> View:
    """Let no more copies be made of one link, by everyone together, than anybody needs."""
    name = f"{view.__module__}.{view.__qualname__}"

    @wraps(view)
    def counted(*args: Any, **named: Any) -> ResponseReturnValue:
        # Asked directly: what the extension looks for with every call, which limits of which blueprints and defaults
        # there are besides, takes five times as long.
        if not _may_claim(name, link_of_request()):
            raise RateLimitExceeded(_CLAIMS)
        return view(*args, **named)
    return counted


mails_to_oneself = limiter.limit(MAILS, key_func=caller_and_link)
calls_for_a_new_one = limiter.limit(CALLS, key_func=caller_and_link)
