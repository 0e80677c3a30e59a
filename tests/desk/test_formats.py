"""The desk writes as the country of its site does: the same amount in the same form as on the public pages."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import translation
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.mark.parametrize(("locale", "amount", "day"), [
    ("sv-SE", "2 769,00 kr", "21 Dec 2026"), ("en-SE", "2 769,00 kr", "21 Dec 2026"),
    ("en_US", "SEK 2,769.00", "Dec 21, 2026"), ("de-DE", "2.769,00 SEK", "21 Dec 2026"),
    ("ja-JP", "SEK 2,769.00", "Dec 21, 2026")])
def test_amounts_and_days_follow_the_sites_country_in_english(
        session: Session, shop: Shop, signed_in: Callable[[Staff], Client], clock: Clock, locale: str, amount: str,
        day: str) -> None:
    clock.set(datetime(2026, 11, 21, 10, tzinfo=UTC))
    shop.site.locale = locale
    draft = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    shown = signed_in(shop.agent).get(f"/selections/{draft.number}/link")
    assert amount in shown.words("#dialog-about")
    assert f"until {day}." in shown.words("#promise")


def test_desk_and_landing_page_write_the_same_amount(session: Session, shop: Shop, maria: Client) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    for page in (f"/links/{linked.link.number}", linked.path):
        assert "2 769,00 kr" in maria.get(page).words("main")


@pytest.mark.parametrize(("locale", "english"), [
    ("sv-SE", "en_SE"), ("sv_SE", "en_SE"), ("zh-Hans-SG", "en_SG"), ("sv", "en"), ("ja-JP", "en"), ("", "en"),
    ("sv-xyz", "en")])
def test_english_is_that_of_the_country_where_the_country_has_one(locale: str, english: str) -> None:
    assert translation.written_in("en", locale) == english
