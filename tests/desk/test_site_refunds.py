"""Settings → Sites → Refunds: one limit per currency, in the words and numbers of who types them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from tests import make
from tests.harness.app import Client
from tests.make import Shop


@pytest.fixture
def ada(session: Session, shop: Shop, signed_in: Callable[[Staff], Client]) -> Client:
    """An administrator's browser."""
    return signed_in(make.staff(session, "Ada Nyström", site=shop.site, role="admin"))


def test_limits_are_kept_in_minor_units_and_shown_as_typed(ada: Client, session: Session, shop: Shop) -> None:
    path = f"/settings/sites/{shop.site.slug}/refunds"
    assert ada.submit(ada.get(path), "#refunds-form", refund_limits="sek 5 000,50\nJPY 700\n").status_code == 303
    session.expire_all()
    assert shop.site.refund_limits == {"SEK": 500_050, "JPY": 700}
    typed = ada.get(path).one("#field-refund_limits").get_text().replace("\xa0", " ")
    assert typed.split("\n")[-2:] == ["JPY 700", "SEK 5 000,50"]
    ada.submit(ada.get(path), "#refunds-form", refund_limits="")
    session.expire_all()
    assert shop.site.refund_limits is None


@pytest.mark.parametrize("typed", ["5000", "XXQ 5", "SEK", "SEK x", "SEK -5", "SEK 5\nSEK 6", "SEK 5\n" * 51])
def test_what_is_no_limit_is_refused_at_the_field(ada: Client, session: Session, shop: Shop, typed: str) -> None:
    path = f"/settings/sites/{shop.site.slug}/refunds"
    answer = ada.submit(ada.get(path), "#refunds-form", refund_limits=typed)
    assert answer.status_code == 422
    assert answer.one("#field-refund_limits")["aria-invalid"] == "true"
    session.expire_all()
    assert shop.site.refund_limits is None
