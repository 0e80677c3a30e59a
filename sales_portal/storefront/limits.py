"""How often the public may try: guesses at addresses, copies of one link, calls for a new one."""

from flask import request

from sales_portal.web.extensions import limiter

MISSES = "60 per minute"
CLAIMS = "600 per hour"
CALLS = "5 per hour"


def link_of_request() -> str:
    """The link a request is about, so that a flood on one link does not close another."""
    return str((request.view_args or {}).get("public_id", ""))


def caller_and_link() -> str:
    """One caller at one link."""
    return f"{request.remote_addr} {link_of_request()}"


@limiter.limit(MISSES)
def count_miss() -> None:
    """Count an address nobody was given; refuses a caller who guesses on and on."""


per_link_claims = limiter.limit(CLAIMS, key_func=link_of_request, methods=["POST"])
calls_for_a_new_one = limiter.limit(CALLS, key_func=caller_and_link)
