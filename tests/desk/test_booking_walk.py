"""A booking from nothing to the mail, step by step as the training seed describes it (A-30 to A-37)."""

from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.customers.models import Account, CustomerAddress
from sales_portal.messaging.models import Delivery
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Answer, Client
from tests.make import Shop


def mails(session: Session) -> int:
    """How many mails are on their way or gone."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_a30_to_a37_a_booking_is_built_saved_at_every_step_and_mails_nobody_until_it_is_sent(
        maria: Client, session: Session, shop: Shop) -> None:
    course = make.training(session, "Wood care course", at=shop.warehouse, prices={shop.pricelist: 90000})
    session.commit()
    assert maria.submit(maria.get("/orders"), "#start-selection").status_code == 303
    draft = session.scalars(select(Selection)).one()
    building.post(maria, draft, "customer", htmx=True, q="bo@example.com")
    panel = cast(Answer, maria.get(f"/selections/{draft.number}/customer/details"))
    maria.submit(panel, "#details-form", account="Ek AB", name="Bo Ek", street="Kungsgatan 4", postcode="111 43",
                 city="Stockholm", region="Uppland", country="SE")
    building.add(maria, draft, f"2*{course.sku}")
    line = building.line_of(maria, draft, "Wood care course")
    building.post(maria, draft, f"lines/{line}/details", learner_name=["Ada", "Bo"],
                  learner_email=["ada@example.com", "bo@example.com"])
    page = building.page(maria, draft)
    assert page.words("#save-status").startswith("Saved ")
    assert page.words("#selection-site") == f"The customer buys on {shop.site.name}."
    assert "Booked on Ek AB" in page.words("#customer-account")
    assert "Ada, Bo (2 of 2 seats)" in page.words(f"#line-{line}")
    assert session.scalars(select(Account.name)).all() == ["Ek AB"]
    place = session.scalars(select(CustomerAddress).where(CustomerAddress.region == "Uppland")).one()
    assert (place.is_default, place.city, place.country) == (True, "Stockholm", "SE")
    linking.create(maria, linking.dialog(maria, draft))
    assert mails(session) == 0
    link = linking.only_link(session)
    sending = cast(Answer, maria.get(f"/links/{link.number}/sending"))
    assert sending.one("input[name=to]")["value"] == "bo@example.com"
    maria.submit(sending, "#link-sending form")
    assert mails(session) == 1
