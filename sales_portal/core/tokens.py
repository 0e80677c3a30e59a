"""Secrets: random tokens, their digests at rest, and ciphertexts only the portal's key can open."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class NoKey(RuntimeError):
    """No sealing key was given to the process: the application must call `use_key` first."""


class CannotOpen(ValueError):
    """A ciphertext was made with another key or for another purpose."""


_box: AESGCM | None = None
_digests: bytes | None = None


def use_key(key: bytes) -> None:
    """Give this process the 32-byte key that seals tokens; it never stands in the database."""
    global _box, _digests
    _box, _digests = AESGCM(key), hmac.digest(key, b"digests", "sha256")


def new_key() -> bytes:
    """A fresh 32-byte sealing key."""
    return AESGCM.generate_key(256)


def new_token() -> str:
    """A secret of 256 random bits, 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def new_public_id() -> str:
    """An opaque identifier of 128 random bits as 32 lowercase hex characters."""
    return secrets.token_hex(16)


def new_code() -> str:
    """Six random digits, for a person to type."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(token: str) -> str:
    """The SHA-256 of a token in hex: all that is stored for looking it up."""
    return hashlib.sha256(token.encode()).hexdigest()


def name_of(data: bytes) -> str:
    """What names `data` in an address: the same for the same bytes alone, 32 hex characters. Keeps no secret."""
    return hashlib.sha256(data).hexdigest()[:32]


def matches(token: str, stored_digest: str) -> bool:
    """Whether `token` has `stored_digest`, in time that tells nothing."""
    return hmac.compare_digest(digest(token), stored_digest)


def keyed_digest(text: str) -> str:
    """A digest of what is too short to be secret by itself: who has the database alone cannot try all there are."""
    if _digests is None:
        raise NoKey("use_key() was not called")
    return hmac.digest(_digests, text.encode(), "sha256").hex()


def is_same(one: str, other: str) -> bool:
    """Whether two digests are one, in time that tells nothing."""
    return hmac.compare_digest(one, other)


def seal(text: str, purpose: str) -> str:
    """Encrypt `text` so that only `unseal` with the same purpose and key opens it."""
    if _box is None:
        raise NoKey("use_key() was not called")
    nonce = secrets.token_bytes(_NONCE)
    return base64.urlsafe_b64encode(nonce + _box.encrypt(nonce, text.encode(), purpose.encode())).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Open what `seal` made; raises `CannotOpen` for another key or purpose."""
    if _box is None:
        raise NoKey("use_key() was not called")
    raw = base64.urlsafe_b64decode(sealed)
    try:
        return _box.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
    except InvalidTag:
        raise CannotOpen(purpose) from None
