"""Passwords are kept as argon2 hashes, and the demo's opens no real portal."""

import pytest

from sales_portal.accounts import passwords
from sales_portal.core.errors import Invalid


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", passwords._hasher)
    passwords.use_cheap_parameters()


def test_a_password_opens_its_own_hash_and_no_other() -> None:
    stored = passwords.hash_password("correct horse")
    assert passwords.verify(stored, "correct horse")
    assert not passwords.verify(stored, "correct horse ")


def test_a_hash_is_argon2id_salted_and_holds_nothing_of_the_password() -> None:
    first, second = passwords.hash_password("correct horse"), passwords.hash_password("correct horse")
    assert first.startswith("$argon2id$")
    assert first != second
    assert "correct" not in first


@pytest.mark.parametrize("stored", ["", "demo", "$argon2id$v=19$damaged", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_opens_to_nothing(stored: str) -> None:
    assert not passwords.verify(stored, "demo")


def test_any_text_is_a_password() -> None:
    for text in ("", "🪑" * 50, "שלום", "a" * 5000, "nul\0inside"):
        assert passwords.verify(passwords.hash_password(text), text)


def test_the_demo_password_is_refused_where_the_portal_is_no_demo() -> None:
    with pytest.raises(Invalid, match="The demo password doesn't work here") as refused:
        passwords.check_allowed("demo")
    assert refused.value.field == "password"


def test_the_demo_password_opens_the_demo() -> None:
    passwords.check_allowed("demo", demo=True)


def test_every_other_password_is_allowed() -> None:
    for text in ("", "Demo", "demo ", "correct horse"):
        passwords.check_allowed(text)
