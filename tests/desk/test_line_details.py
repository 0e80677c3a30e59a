"""The panel for what is said of one line, and the form for what is not in the catalogue."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import RolePermission, Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.selections import ad_hoc, agreeing
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.agreeing import Details
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def panel(client: Client, selection: Selection, path: str, *, htmx: bool = True) -> Answer:
    """The panel at `path` below the lines."""
    return cast(Answer, client.get(f"/selections/{selection.number}/lines/{path}", htmx=htmx))


def save(client: Client, selection: Selection, path: str, *, htmx: bool = True, **typed: Any) -> Answer:
    """Send the panel's form."""
    return building.post(client, selection, f"lines/{path}", htmx=htmx, **typed)


@pytest.fixture
def course(session: Session, shop: Shop, draft: Selection) -> int:
    """The line of two seats on a dated course."""
    its = make.training(session, "Wood care course", at=shop.warehouse, prices={shop.pricelist: 90000}, seats=12)
    line = make.line(session, draft, its, 2)
    session.commit()
    return line.id


def test_a_dated_training_says_when_where_and_how_many_seats_are_left(
        maria: Client, draft: Selection, course: int) -> None:
    said = building.page(maria, draft).words(f"#line-{course}")
    assert "Stockholm · 12 of 12 seats left" in said
    assert "2 seats, no learners named yet" in said


def test_there_is_a_name_and_an_address_for_each_seat(maria: Client, draft: Selection, course: int) -> None:
    shown = panel(maria, draft, f"{course}/details")
    assert len(shown.page.select("[name=learner_name]")) == len(shown.page.select("[name=learner_email]")) == 2
    done = save(maria, draft, f"{course}/details", learner_name=["Ada", "Bo"], learner_email=["ada@example.com", ""])
    assert "Ada, Bo (2 of 2 seats)" in done.words(f"#line-{course}")
    again = panel(maria, draft, f"{course}/details")
    assert [field["value"] for field in again.page.select("[name=learner_name]")] == ["Ada", "Bo"]


def test_a_04_more_than_fifty_learners_are_typed_as_one_list(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """A-04: the 60th seat can be named like the first, and a wrong line is said with its number."""
    course = make.training(session, "Big course", at=shop.warehouse, prices={shop.pricelist: 90000}, seats=80)
    line = make.line(session, draft, course, 60).id
    session.commit()
    shown = panel(maria, draft, f"{line}/details")
    assert not shown.page.select("[name=learner_name]")
    assert "60 seats in all" in shown.words("#details-learner_list-hint")
    people = [f"Learner {seat}, l{seat}@example.com" for seat in range(1, 61)]
    wrong = save(maria, draft, f"{line}/details", learner_list="\n".join([*people[:59], "Zoe, zoe@"]))
    assert (wrong.status_code, wrong.words("#details-learner_list-error")) == (
        422, "Line 60: Enter an e-mail address like name@example.com")
    assert wrong.one("#details-learner_list").get_text().strip().endswith("Zoe, zoe@")
    many = save(maria, draft, f"{line}/details", learner_list="\n".join([*people, "One more"]))
    assert many.words("#details-learner_list-error") == (
        "61 learners can't take 60 seats. Raise the quantity first.")
    done = save(maria, draft, f"{line}/details", learner_list="\r\n".join(people))
    assert "Learner 5 and 55 more (60 of 60 seats)" in done.words(f"#line-{line}")
    assert panel(maria, draft, f"{line}/details").one("#details-learner_list").get_text().strip().splitlines() == people
    session.expire_all()
    assert session.get_one(SelectionLine, line).learners[59] == {"name": "Learner 60", "email": "l60@example.com"}


def test_fewer_seats_than_learners_block_the_link_with_a_way_out(
        maria: Client, draft: Selection, course: int) -> None:
    save(maria, draft, f"{course}/details", learner_name=["Ada", "Bo"], learner_email=["", ""])
    less = building.post(maria, draft, f"lines/{course}/quantity", htmx=True, quantity="1")
    assert "2 learners are named for 1 seat. Raise the quantity or remove a learner." in less.words(f"#line-{course}")
    assert "Change the learners" in less.words(f"#line-fixes-{course}")
    kept = save(maria, draft, f"{course}/details", learner_name=["Bo", ""], learner_email=["", ""])
    assert "learners are named" not in kept.words(f"#line-{course}")


def test_seats_are_counted_as_seats_and_lie_in_no_warehouse(maria: Client, draft: Selection, course: int) -> None:
    assert not panel(maria, draft, f"{course}/details").page.select("#details-warehouse_id")
    more = building.post(maria, draft, f"lines/{course}/quantity", htmx=True, quantity="20")
    assert "You asked for 20 seats, 12 left." in more.words(f"#line-{course}")


def test_a_line_is_asked_the_custom_fields_of_its_product(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.line_field(session, shop.chair, is_required=True, hint="Up to 20 letters")
    make.line_field(session, shop.chair, slug="gift", label="Gift wrapping", kind="yes_no", position=2)
    session.commit()
    chair = building.line_of(maria, draft, "Oak chair")
    assert "Custom fields: asked at the checkout" in building.page(maria, draft).words(f"#line-{chair}")
    assert "Notes, custom fields, warehouse" in building.page(maria, draft).words(f"#line-menu-{chair}")
    shown = panel(maria, draft, f"{chair}/details")
    assert shown.words("#details-answers > .field-hint") == (
        "What you leave empty the customer is asked at the checkout.")
    done = save(maria, draft, f"{chair}/details", answer_1_engraving="Anna", answer_2_engraving="Bo & Co",
                answer_1_gift="yes")
    said = done.words(f"#line-{chair}")
    assert "Engraving 1: Anna" in said
    assert "Engraving 2: Bo & Co" in said
    assert "Gift wrapping 1: yes" in said
    again = panel(maria, draft, f"{chair}/details")
    assert again.one("#details-answer_2_engraving")["value"] == "Bo & Co"
    assert again.one("#details-answer_1_gift").has_attr("checked")


def test_a_wrong_answer_keeps_all_that_was_typed(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.line_field(session, shop.chair, slug="ready", label="Ready on", kind="date")
    session.commit()
    chair = building.line_of(maria, draft, "Oak chair")
    wrong = save(maria, draft, f"{chair}/details", answer_1_ready="soon", customer_note="Matches your table")
    assert (wrong.status_code, wrong.words("#details-answer_1_ready-error")) == (422, "Enter a date like 2026-12-24")
    assert wrong.one("#details-answer_1_ready")["value"] == "soon"
    assert wrong.words("#details-customer_note") == "Matches your table"


def test_two_answers_at_once_are_both_shown(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.line_field(session, shop.chair)
    session.commit()
    chair = building.line_of(maria, draft, "Oak chair")
    version = panel(maria, draft, f"{chair}/details").one("#line-details [name=version]")["value"]
    agreeing.set_details(session, draft, chair, Details(answers={1: {"engraving": "Anna"}}), by=SYSTEM)
    session.commit()
    clash = save(maria, draft, f"{chair}/details", answer_1_engraving="Bo", version=version)
    assert clash.status_code == 409
    assert "Custom fields of Oak chair" in clash.text
    assert "Engraving: Anna" in clash.text
    assert "Engraving: Bo" in clash.text


def test_a_wrong_address_keeps_all_that_was_typed(maria: Client, draft: Selection, course: int) -> None:
    wrong = save(maria, draft, f"{course}/details", learner_name=["Ada", "Bo"], learner_email=["", "bo@"],
                 customer_note="Bring gloves")
    assert wrong.status_code == 422
    assert wrong.words("#details-learner_email_2-error") == "Enter an e-mail address like name@example.com"
    assert [field["value"] for field in wrong.page.select("[name=learner_name]")] == ["Ada", "Bo"]
    assert wrong.words("#details-customer_note") == "Bring gloves"


def test_both_notes_stand_on_the_line_and_only_one_on_the_customers_page(
        maria: Client, session: Session, draft: Selection) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    done = save(maria, draft, f"{chair}/details", customer_note="Matches your table", internal_note="Show room piece")
    said = done.words(f"#line-{chair}")
    assert "To the customer: Matches your table" in said
    assert "Internal: Show room piece" in said


def test_c_03_stock_is_shown_per_warehouse_and_one_is_chosen_for_once(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    """C-03: sell one product from another warehouse, one time only."""
    oslo = make.warehouse(session, "Oslo")
    inventory.set_on_hand(session, shop.chair.id, oslo.id, 5, by=SYSTEM)
    session.commit()
    chair = building.line_of(maria, draft, "Oak chair")
    options = [option.get_text() for option in panel(maria, draft, f"{chair}/details").page.select(
        "#details-warehouse_id option")]
    assert options[0] == "As Sweden does"
    assert "Oslo, 5 in stock" in options
    done = save(maria, draft, f"{chair}/details", warehouse=str(oslo.id))
    assert "Taken from Oslo, this once" in done.words(f"#line-{chair}")
    assert "5 in stock" in done.words(f"#line-{chair}")
    back = save(maria, draft, f"{chair}/details", warehouse="")
    assert "Taken from" not in back.words(f"#line-{chair}")


def test_an_offer_says_its_version_and_how_often_it_is_charged(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    line = make.line(session, draft, make.offer(session, versions=2, prices={shop.pricelist: 19900}))
    session.commit()
    assert "Version 2, charged every month" in building.page(maria, draft).words(f"#line-{line.id}")


def test_something_not_in_the_catalogue_is_added_and_changed(maria: Client, draft: Selection) -> None:
    assert building.page(maria, draft).words("#add-ad-hoc") == "Something not in the catalogue"
    assert panel(maria, draft, "ad-hoc").one("#ad-hoc-title")
    done = save(maria, draft, "ad-hoc", title="Hand engraving", amount="250,50", quantity="2", tax_class="standard")
    assert building.toasts(done) == ["Hand engraving added."]
    line = building.line_of(maria, draft, "Hand engraving")
    assert "Not from the catalogue" in done.words(f"#line-{line}")
    assert "501,00" in done.words(f"#line-{line}")
    assert panel(maria, draft, f"{line}/ad-hoc").one("#ad-hoc-amount")["value"] == "250,50"
    changed = save(maria, draft, f"{line}/ad-hoc", title="Engraving", amount="200", tax_class="zero")
    assert "400,00" in changed.words(f"#line-{line}")


def test_what_is_wrong_with_it_is_said_at_the_field(maria: Client, draft: Selection) -> None:
    wrong = save(maria, draft, "ad-hoc", title="", amount="10", quantity="1", tax_class="standard")
    assert (wrong.status_code, wrong.words("#ad-hoc-title-error")) == (422, "Say what it is")
    wrong = save(maria, draft, "ad-hoc", title="x", amount="free", quantity="1", tax_class="standard")
    assert wrong.words("#ad-hoc-amount-error") == "Enter an amount like 1080,50"
    wrong = save(maria, draft, "ad-hoc", title="x", amount="1", quantity="some", tax_class="standard", htmx=False)
    assert wrong.words("#ad-hoc-quantity-error") == "Enter a whole number"
    assert wrong.one("title").get_text().startswith("Error: ")


def test_who_may_not_write_lines_of_their_own_is_neither_offered_nor_let(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, draft: Selection) -> None:
    session.delete(session.get_one(RolePermission, (shop.agent.role_id, Permission.SELECTIONS_ADHOC.value)))
    session.commit()
    maria = signed_in(shop.agent)
    assert not building.page(maria, draft).page.select("#add-ad-hoc")
    assert panel(maria, draft, "ad-hoc").status_code == 403
    assert save(maria, draft, "ad-hoc", title="x", amount="1", quantity="1").status_code == 403
    line = ad_hoc.add_ad_hoc(session, draft, AdHoc("Engraving", 10000), by=shop.agent.actor).line.id
    session.commit()
    assert not building.page(maria, draft).page.select(f"#price-{line}")
    assert save(maria, draft, f"{line}/ad-hoc", title="x", amount="1").status_code == 403
    assert save(maria, draft, f"{line}/price", amount="1", reason="x").status_code == 403
    session.expire_all()
    assert session.get_one(SelectionLine, line).special_price_amount == 10000


@pytest.mark.parametrize("path", ["{line}/details", "ad-hoc"])
def test_without_javascript_each_is_a_page_of_its_own(maria: Client, draft: Selection, path: str) -> None:
    chair = building.line_of(maria, draft, "Oak chair")
    page = panel(maria, draft, path.format(line=chair), htmx=False)
    assert page.status_code == 200
    assert page.one("h1")
    done = save(maria, draft, path.format(line=chair), htmx=False, title="x", amount="1", quantity="1",
                tax_class="standard", customer_note="y")
    assert (done.status_code, done.headers["Location"]) == (303, f"/selections/{draft.number}")
