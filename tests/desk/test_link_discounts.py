"""A discount of the link's own, and whether codes may be typed: told in the dialog, kept on the link."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals import queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.links import presets
from sales_portal.links.models import CheckoutLink, CheckoutLinkDiscount
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")


def test_codes_go_with_changes_unless_said_otherwise(maria: Client, session: Session, annas: Selection) -> None:
    """P-08: off where everything is locked, on where something can be changed."""
    for changes, codes in (("nothing", "usual"), ("more", "usual"), ("nothing", "yes"), ("more", "no")):
        linking.create(maria, linking.dialog(maria, annas), changes=changes, codes=codes)
    stored = session.scalars(select(CheckoutLink.allows_discount_codes).order_by(CheckoutLink.id)).all()
    assert stored == [False, True, True, False]


@pytest.mark.parametrize(("combinable", "said"), [
    (True, "SUMMER10 combines with a code."), (False, "SUMMER10 does not combine with a code: the better one counts.")])
def test_whether_a_code_adds_to_the_discounts_is_said(
        maria: Client, session: Session, shop: Shop, combinable: bool, said: str) -> None:
    summer = make.discount(session, code="SUMMER10", is_combinable=combinable)
    shown = linking.dialog(maria, make.selection(session, shop, {shop.chair: 1}, discount=summer))
    assert shown.words("#field-codes-hint") == said
    plain = linking.dialog(maria, make.selection(session, shop, {shop.chair: 1}))
    assert plain.words("#field-codes-hint") == ""


def test_whether_a_code_adds_to_the_discount_chosen_in_the_dialog_is_said_at_once(
        maria: Client, session: Session, annas: Selection) -> None:
    friends = make.discount(session, code="FRIENDS30", is_combinable=False)
    session.commit()
    shown = linking.dialog(maria, annas)
    assert shown.words("#field-codes-hint") == ""
    chosen = linking.preview(maria, annas, shown, discount=str(friends.id), codes="yes")
    assert chosen.words("#link-codes") == "FRIENDS30 does not combine with a code: the better one counts."


def test_a_discount_chosen_for_the_link_is_given_beside_those_of_the_selection(
        maria: Client, session: Session, annas: Selection) -> None:
    """P-09: the promise counts it, the link keeps it, the selection stays as it is."""
    make.give(session, annas, make.discount(session, 5_000, code="SPRING5"))
    summer, ended = make.discount(session, 10_000, code="SUMMER10"), make.discount(
        session, code="GONE", ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    shown = linking.dialog(maria, annas)
    offered = [option.get_text() for option in shown.page.select("[name=discount] option")]
    assert offered == ["No other than SPRING5", "SUMMER10"]
    # Of 2 710,00 one takes 10 % and the other 5 % of what is left; shipping is 59,00.
    told = linking.preview(maria, annas, shown, discount=str(summer.id)).words("#promise").replace("\xa0", " ")
    assert "for 2 376,05 kr" in told
    linking.create(maria, linking.dialog(maria, annas), discount=str(summer.id))
    link = linking.only_link(session)
    assert link.total_amount == 237_605
    frozen = session.scalars(select(CheckoutLinkDiscount).order_by(CheckoutLinkDiscount.position)).all()
    assert [one.rule["code"] for one in frozen] == ["SPRING5", "SUMMER10"]
    session.refresh(annas)
    assert "SUMMER10" not in building.page(maria, annas).words("#selection-discounts")
    again = linking.create(maria, linking.dialog(maria, annas), discount=str(ended.id))
    assert again.words("#field-discount-error") == "GONE ended on 1 Jan."


@pytest.mark.parametrize(("rule", "told"), [
    ({"minimum_amount": 99_999_900, "currency": "SEK"}, "SUMMER10 needs items for at least"),
    ({"is_combinable": False}, "SUMMER10 can't be combined with SPRING5.")])
def test_a_discount_that_would_take_nothing_off_is_refused_with_the_reason(
        maria: Client, session: Session, annas: Selection, rule: dict[str, Any], told: str) -> None:
    make.give(session, annas, make.discount(session, 15_000, code="SPRING5"))
    summer = make.discount(session, 10_000, code="SUMMER10", **rule)
    answer = linking.create(maria, linking.dialog(maria, annas), discount=str(summer.id))
    assert answer.status_code == 422
    assert answer.words("#field-discount-error").startswith(told)
    assert answer.one("#link-more-parts").get("open") is not None


def test_a_discount_over_the_limit_chosen_for_the_link_is_asked_for_and_stands_until_the_link(
        maria: Client, session: Session, shop: Shop, annas: Selection) -> None:
    """B13: settled for this link alone, it is what the yes covers."""
    shop.agent.team_id = make.team(session).id
    erik = make.staff(session, "Erik Holm", site=shop.site, role="manager", team_id=shop.agent.team_id)
    staff20 = str(make.discount(session, 20_000, code="STAFF20").id)
    shown = linking.preview(maria, annas, linking.dialog(maria, annas), discount=staff20)
    assert "All lines with STAFF20" in shown.words("#link-asking")
    linking.create(maria, linking.dialog(maria, annas), discount=staff20, asks="1", wants_link="1")
    approval = session.scalars(select(Approval)).one()
    building.post(maria, annas, "notes", customer_note="As promised.")
    session.refresh(approval)
    assert approval.status == "waiting"
    whole = queries.get_approval(session, approval.id)
    assert whole is not None
    basket = presets.apply_packed(session, read_basket(session, annas), whole.terms)
    assert approvals.approve(session, whole, basket, person=make.whole(session, erik))
    session.commit()
    assert linking.create(maria, linking.dialog(maria, annas), discount=staff20).status_code == 200
    assert linking.only_link(session).approval_ids == [approval.id]
