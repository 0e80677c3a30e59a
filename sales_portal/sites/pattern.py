"""The address an external storefront claims links by: what it must hold, and what it becomes for one link."""

from urllib.parse import urlsplit

from sales_portal.core.errors import Invalid

BASKET, HASH = "%basket%", "%hash%"
EXAMPLE = "https://nameofthestore/selection/%basket%/%hash%"
LONGEST = 300
FIELD = "content"


def is_complete(pattern: str) -> bool:
    """Whether `pattern` names both places; a link's address can then be made of it."""
    return BASKET in pattern and HASH in pattern


def expand(pattern: str, public_id: str, token: str) -> str:
    """The address of one link: `%basket%` becomes its public id, `%hash%` its secret."""
    return pattern.replace(BASKET, public_id).replace(HASH, token)


def check(pattern: str) -> str:
    """`pattern` as it is kept; refuses with `Invalid` what no link's address can be made of, naming what is missing."""
    typed = pattern.strip()
    missing = [place for place in (BASKET, HASH) if place not in typed]
    if not typed or len(missing) == 2:
        raise Invalid(FIELD, f"Enter an address with {BASKET} and {HASH} in it, like {EXAMPLE}")
    if missing:
        raise Invalid(FIELD, f"Add {missing[0]}: a link can't be told from another one without it")
    if len(typed) > LONGEST:
        raise Invalid(FIELD, f"Use at most {LONGEST} characters")
    if any(sign.isspace() or not sign.isprintable() for sign in typed):
        raise Invalid(FIELD, "Take out the spaces: an address has none")
    _check_place(typed)
    return typed


def _check_place(typed: str) -> None:
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise Invalid(FIELD, f"Enter an address like {EXAMPLE}") from None
    if parts.scheme != "https":
        raise Invalid(FIELD, "Begin with https://, so that nobody on the way reads the secret")
    if "@" in parts.netloc or "%" in host or not host:
        raise Invalid(FIELD, f"Name the storefront after https://, and put {BASKET} and {HASH} behind it")
