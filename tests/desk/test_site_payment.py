"""Settings → Sites → Payment: which ways a site offers, in which order, and what its invoices say."""


import pytest
from sqlalchemy.orm import Session

from sales_portal.sites.models import Site
from tests.harness.app import Answer, Client
from tests.make import Shop


def send(client: Client, shop: Shop, **typed: str) -> Answer:
    shown = client.get(f"/settings/sites/{shop.site.slug}/payment")
    answer = client.submit(shown, "#payment-form", **{key.replace("_at_", "-"): text for key, text in typed.items()})
    assert isinstance(answer, Answer)
    return answer


def test_the_ways_to_pay_are_kept_in_their_order(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, place_at_card="2", place_at_invoice="1", place_at_bank_transfer="",
                  invoice_days="30", bank_details="IBAN SE35 5000")
    assert answer.status_code == 303
    session.rollback()
    site = session.get_one(Site, shop.site.id)
    assert (site.ways_to_pay, site.invoice_days, site.bank_details) == (("invoice", "card"), 30, "IBAN SE35 5000")


@pytest.mark.parametrize(("typed", "problem"), [
    ({"place_at_card": "1", "place_at_bank_transfer": "1"}, "Two ways to pay have the same place"),
    ({"place_at_card": "first"}, "Choose a place for each way to pay"),
    ({"place_at_invoice": "1"}, "Enter where invoices are paid to, or do not offer invoices"),
    ({"invoice_days": "0"}, "Enter a whole number from 1 to 365"),
    ({"bank_details": "x" * 601}, "Use at most 600 characters")])
def test_what_cannot_be_is_refused_with_the_fix(
        dana: Client, session: Session, shop: Shop, typed: dict[str, str], problem: str) -> None:
    answer = send(dana, shop, **typed)
    assert answer.status_code == 422
    assert problem in answer.words("#payment-form")
    session.rollback()
    assert session.get_one(Site, shop.site.id).payment_methods == ""
