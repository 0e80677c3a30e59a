"""Signed texts that a browser sends again and again: its cookie, and the token of its forms."""

from functools import lru_cache
from typing import Any, cast

from itsdangerous import TimestampSigner, URLSafeTimedSerializer

MOST = 1000
_PLAIN = (str, int, bool, type(None))


class Verified:
    """A serializer that knows again what it verified: signature and contents the same text has for ever, but not age.

    Only what was signed with the key is kept, so nobody fills the memory with texts of their own.
    """

    def __init__(self, serializer: URLSafeTimedSerializer) -> None:
        self._serializer = serializer
        self._now = cast(TimestampSigner, serializer.make_signer()).get_timestamp
        self._known = lru_cache(MOST)(self._verify)

    def loads(self, text: str, max_age: int | None) -> Any:
        """What `text` holds; raises as the serializer does where its signature is wrong or too old."""
        held, signed_at = self._known(text)
        if held is None or not (max_age is None or 0 <= self._now() - signed_at <= max_age):
            return self._serializer.loads(text, max_age)
        return dict(held) if isinstance(held, dict) else held

    def _verify(self, text: str) -> tuple[Any, int]:
        held, signed_at = self._serializer.loads(text, return_timestamp=True)
        parts = held.values() if isinstance(held, dict) else (held,)
        # Lists within are read anew each time: who gets them may change them.
        is_plain = all(isinstance(part, _PLAIN) for part in parts)
        return held if is_plain else None, int(signed_at.timestamp())
