"""Passwords: hashed with argon2, and the one that must not open a real portal."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sales_portal.core.errors import Invalid

DEMO_PASSWORD = "demo"
"""What every log-in of the demo shop answers to; printed on the log-in page, so worth nothing anywhere else."""

_hasher = PasswordHasher()


def use_cheap_parameters() -> None:
    """Hash with the least argon2 can do from here on, so that a test that signs in costs a millisecond."""
    global _hasher
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_password(text: str) -> str:
    """The argon2id hash of `text`, with its salt and parameters in it."""
    return _hasher.hash(text)


def verify(stored: str, text: str) -> bool:
    """Whether `text` is the password behind the hash `stored`; False for a damaged hash too."""
    try:
        return _hasher.verify(stored, text)
    except (VerificationError, InvalidHashError):
        return False


def check_allowed(text: str, demo: bool = False) -> None:
    """Refuse the demo shop's password unless the portal runs as a `demo`; raises `Invalid` naming `password`."""
    if text == DEMO_PASSWORD and not demo:
        raise Invalid("password", "The demo password doesn't work here. Ask your administrator for your own.")
