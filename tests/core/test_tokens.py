"""Tokens are unguessable, stored as digests, and sealed for one purpose with a key outside the database."""

import base64
import re
from collections import Counter
from itertools import pairwise

import pytest

from sales_portal.core import tokens
from sales_portal.core.tokens import CannotOpen, NoKey


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_box", None)
    tokens.use_key(tokens.new_key())


def test_a_token_has_256_bits_in_43_characters_safe_in_a_url() -> None:
    made = {tokens.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_ten_thousand_tokens_are_all_different_evenly_spread_and_tell_nothing_of_their_turn() -> None:
    """T100: every byte as often as another (chi-square far from chance alone), none follows from the one before."""
    made = [base64.urlsafe_b64decode(tokens.new_token() + "=") for _ in range(10_000)]
    assert len(set(made)) == len(made)
    counts = Counter(byte for token in made for byte in token)
    expected = 10_000 * 32 / 256
    assert sum((counts[byte] - expected) ** 2 / expected for byte in range(256)) < 255 + 8 * (2 * 255) ** 0.5
    changed = [(int.from_bytes(one) ^ int.from_bytes(other)).bit_count() for one, other in pairwise(made)]
    assert abs(sum(changed) / len(changed) - 128) < 1


def test_a_public_id_is_32_lowercase_hex_characters() -> None:
    made = {tokens.new_public_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", public_id) for public_id in made)


def test_a_token_matches_its_own_digest_and_no_other() -> None:
    token = tokens.new_token()
    stored = tokens.digest(token)
    assert re.fullmatch(r"[0-9a-f]{64}", stored)
    assert token not in stored
    assert tokens.matches(token, stored)
    assert not tokens.matches(token[:-1], stored)
    assert not tokens.matches(tokens.new_token(), stored)
    assert not tokens.matches(stored, stored)


def test_sealed_text_opens_for_its_purpose_and_hides_it() -> None:
    sealed = tokens.seal("a secret på svenska", "link address")
    assert "secret" not in sealed
    assert tokens.unseal(sealed, "link address") == "a secret på svenska"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert tokens.seal("same", "p") != tokens.seal("same", "p")


def test_another_purpose_or_key_or_one_changed_character_does_not_open_it() -> None:
    sealed = tokens.seal("secret", "link address")
    with pytest.raises(CannotOpen):
        tokens.unseal(sealed, "receipt")
    changed = ("B" if sealed[20] == "A" else "A").join((sealed[:20], sealed[21:]))
    with pytest.raises(CannotOpen):
        tokens.unseal(changed, "link address")
    tokens.use_key(tokens.new_key())
    with pytest.raises(CannotOpen):
        tokens.unseal(sealed, "link address")


def test_a_process_without_a_key_neither_seals_nor_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = tokens.seal("secret", "p")
    monkeypatch.setattr(tokens, "_box", None)
    with pytest.raises(NoKey):
        tokens.seal("secret", "p")
    with pytest.raises(NoKey):
        tokens.unseal(sealed, "p")


def test_a_key_has_256_bits() -> None:
    assert len(tokens.new_key()) == 32
    assert tokens.new_key() != tokens.new_key()
