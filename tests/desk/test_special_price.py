"""The panel under a line where its price is agreed on: what it reads, what it shows, and to whom."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.pricing.models import Price, PriceReason
from sales_portal.selections import queries
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop

OK: dict[str, Any] = {"reason": "Loyal customer"}


@pytest.fixture
def chair(maria: Client, draft: Selection) -> int:
    """The line of the two chairs, 1 200,00 each."""
    return building.line_of(maria, draft, "Oak chair")


def panel(client: Client, selection: Selection, line_id: int, *, htmx: bool = True, **typed: str) -> Answer:
    """The panel of a line, as it stands or at what is being typed."""
    path = f"/selections/{selection.number}/lines/{line_id}/price"
    return cast(Answer, client.get(path, htmx=htmx, query_string=typed))


def save(client: Client, selection: Selection, line_id: int, *, htmx: bool = True, **typed: str) -> Answer:
    """Save a price; the fields were shown at the list price."""
    shown = {"shown_amount": "1 200,00", "shown_percent": "", "shown_applies": "each"}
    sent = {"amount": "1 200,00", "percent": "", "applies": "each", **shown, **typed}
    return building.post(client, selection, f"lines/{line_id}/price", htmx=htmx, **sent)


def _value(answer: Answer, name: str) -> str:
    return " ".join(str(answer.one(f"#price-{name}")["value"]).split())


def price_of(session: Session, selection: Selection, line_id: int) -> tuple[int | None, str]:
    """The special price of a line and why, as stored."""
    session.expire_all()
    line = queries.get_line(session, selection.id, line_id)
    assert line is not None
    return line.special_price_amount, line.special_price_reason


@pytest.mark.parametrize(("typed", "amount"), [
    ({"amount": "1080"}, 108000), ({"amount": "1 080,00"}, 108000), ({"amount": "1.080,00"}, 108000),
    ({"amount": "-10%"}, 108000), ({"percent": "10"}, 108000), ({"percent": "-10 %"}, 108000),
    ({"percent": "12,5"}, 105000), ({"amount": "1080", "percent": "10"}, 108000),
    ({"amount": "2 160,00", "applies": "line"}, 108000), ({"percent": "10", "applies": "line"}, 108000),
    ({"amount": "0"}, 0), ({"amount": "1500"}, 150000),
    ({"amount": "1080", "percent": "10", "shown_amount": "1080", "shown_percent": "10"}, 108000),
    ({"amount": "2 160,00", "shown_amount": "2 160,00", "applies": "line", "shown_applies": "line"}, 108000),
    ({"amount": "1 080,00", "shown_amount": "1 080,00", "applies": "line"}, 108000)])
def test_a_price_is_read_as_agents_type_it(
        maria: Client, session: Session, draft: Selection, chair: int, typed: dict[str, Any], amount: int) -> None:
    answer = save(maria, draft, chair, **typed, **OK)
    assert answer.status_code == 200
    assert price_of(session, draft, chair) == (amount, "Loyal customer")


@pytest.mark.parametrize(("typed", "field", "said"), [
    ({"amount": "1080"}, "reason", "Give a reason for the special price"),
    ({"amount": "cheap", **OK}, "amount", "Enter an amount like 1080,50"),
    ({"amount": "", **OK}, "amount", "Enter a price"),
    ({"amount": "-5", **OK}, "amount", "Enter an amount from 0 up"),
    ({"amount": "10,555", **OK}, "amount", "Enter an amount with at most 2 decimals"),
    ({"percent": "a lot", **OK}, "percent", "Enter a percentage like 12,5"),
    ({"percent": "101", **OK}, "percent", "Enter a percentage from 0 to 100"),
    ({"amount": "1000", "percent": "50", **OK}, "percent", "Enter a new price or a percentage; these two differ"),
    ({"amount": "2 000,01", "applies": "line", **OK}, "amount",
     "2 000,01 can't be shared evenly by 2. The nearest are 2 000,00 (1 000,00 each) and 2 000,02 (1 000,01 each).")])
def test_what_is_wrong_is_said_at_its_field_and_all_stays_typed(
        maria: Client, session: Session, draft: Selection, chair: int, typed: dict[str, Any], field: str,
        said: str) -> None:
    """B12, M139: the reason is required, and no amount is guessed."""
    answer = save(maria, draft, chair, **typed)
    assert answer.status_code == 422
    assert " ".join(answer.one(f"#price-{field}-error").get_text().split()) == said
    untouched = {"amount": "1 200,00", "percent": "10" if field == "reason" else ""}
    for name in ("amount", "percent"):
        assert answer.one(f"#price-{name}")["value"] == typed.get(name, untouched[name])
    assert price_of(session, draft, chair) == (None, "")


@pytest.mark.parametrize(("typed", "amount", "percent"), [
    ({"amount": "400"}, "400", "66,67"), ({"percent": "60"}, "480,00", "60"),
    ({"amount": "800", "applies": "line"}, "800", "66,67")])
def test_a_save_without_a_reason_shows_all_that_follows_from_the_price(
        maria: Client, session: Session, draft: Selection, chair: int, typed: dict[str, Any], amount: str,
        percent: str) -> None:
    """B12."""
    answer = save(maria, draft, chair, **typed)
    assert answer.status_code == 422
    assert (_value(answer, "amount"), _value(answer, "percent")) == (amount, percent)
    said = answer.words("#price-meaning")
    assert said.startswith(f"List price 1 200,00 → {'480,00' if percent == '60' else '400,00'}")
    assert "is over your 15 % limit" in said
    assert int(str(answer.one("#price-limit")["value"])) > 15_000
    assert maria.submit(answer, "#price-form", **OK).status_code == 303
    assert price_of(session, draft, chair) == (48000 if percent == "60" else 40000, "Loyal customer")


def test_over_the_limit_is_saved_and_shown_amber(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    answer = save(maria, draft, chair, percent="18", **OK)
    assert price_of(session, draft, chair) == (98400, "Loyal customer")
    notes = {" ".join(note.get_text(" ").split()): note["class"]
             for note in answer.page.select(f"#line-{chair} .product-note")}
    assert list(notes) == ["Special price −18 % · “Loyal customer”", "18 % — over your 15 % limit, needs approval"]
    assert "text-warning" in notes["18 % — over your 15 % limit, needs approval"]


def test_just_over_the_limit_never_reads_like_the_limit(maria: Client, draft: Selection, chair: int) -> None:
    over = save(maria, draft, chair, percent="15,001", **OK)
    assert "15,001 % — over your 15 % limit" in over.words(f"#line-{chair}")
    at_it = save(maria, draft, chair, percent="15", **OK)
    assert "over your" not in at_it.words(f"#line-{chair}")


def test_a_limit_of_ones_own_counts_instead_of_the_roles(
        maria: Client, session: Session, shop: Shop, draft: Selection, chair: int) -> None:
    shop.agent.discount_limit = 5000
    session.commit()
    said = panel(maria, draft, chair, percent="6", by="percent").words("#price-meaning")
    assert "6 % is over your 5 % limit." in said


def test_the_panel_names_who_can_approve(maria: Client, session: Session, shop: Shop, draft: Selection,
                                         chair: int) -> None:
    make.staff(session, "Eva Ek", site=shop.site, role="admin")
    session.commit()
    said = panel(maria, draft, chair, percent="18", by="percent").words("#price-meaning")
    assert "18 % is over your 15 % limit. Eva Ek can approve it." in said


@pytest.mark.parametrize(("typed", "amount", "percent"), [
    ({"amount": "1080", "by": "amount"}, "1080", "10"), ({"amount": "1000", "by": "amount"}, "1000", "16,67"),
    ({"percent": "10", "by": "percent"}, "1 080,00", "10"), ({"percent": "-10%", "by": "percent"}, "1 080,00", "-10%"),
    ({"amount": "-10%", "by": "amount"}, "-10%", "10"), ({"amount": "1320", "by": "amount"}, "1320", "+10"),
    ({"amount": "2160", "applies": "line", "by": "amount"}, "2160", "10"),
    ({"amount": "1080", "applies": "line", "shown_applies": "each", "by": "applies"}, "2 160,00", "10"),
    ({"amount": "2160", "applies": "each", "shown_applies": "line", "by": "applies"}, "1 080,00", "10")])
def test_amount_and_percent_stay_in_step(
        maria: Client, draft: Selection, chair: int, typed: dict[str, Any], amount: str, percent: str) -> None:
    """B12: typing in one field updates the other."""
    answer = panel(maria, draft, chair, **typed)
    assert (_value(answer, "amount"), _value(answer, "percent")) == (amount, percent)
    assert (_value(answer, "shown-amount"), _value(answer, "shown-percent")) == (amount, percent)


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("percent", "a lot", "Enter a percentage like 12,5"), ("percent", "1,2,3", "Enter a percentage like 12,5"),
    ("amount", "1.080", "Enter an amount like 1080,50"),
    ("amount", "10,555", "Enter an amount with at most 2 decimals")])
def test_what_was_wrong_while_typing_is_refused_when_it_is_saved(
        maria: Client, session: Session, draft: Selection, chair: int, field: str, typed: str, said: str) -> None:
    """Issue 3, Bad input: never a silently different number."""
    shown = panel(maria, draft, chair, **{"amount": "1 200,00", "percent": "", field: typed, "by": field})
    assert shown.words(f"#price-{field}-error") == said
    sent = {name: str(shown.one(f"#price-form [name={name}]")["value"]) for name in (
        "amount", "percent", "shown_amount", "shown_percent", "shown_applies")}
    refused = building.post(maria, draft, f"lines/{chair}/price", htmx=True, applies="each", **sent, **OK)
    assert (refused.status_code, refused.words(f"#price-{field}-error")) == (422, said)
    assert price_of(session, draft, chair) == (None, "")


def test_the_meaning_says_what_it_saves(maria: Client, draft: Selection, chair: int) -> None:
    said = panel(maria, draft, chair, amount="1080", by="amount").words("#price-meaning")
    assert "List price 1 200,00 → 1 080,00 · discount 10 % · line saves 240,00" in said
    assert "Your limit 15 %" in said


@pytest.mark.parametrize("by", ["reason", "shown_amount", "<script>"])
def test_a_field_that_leads_no_other_shows_the_panel_as_it_stands(
        maria: Client, draft: Selection, chair: int, by: str) -> None:
    answer = panel(maria, draft, chair, amount="1080", by=by)
    assert (answer.status_code, _value(answer, "amount")) == (200, "1 200,00")


def test_looking_changes_nothing(maria: Client, session: Session, draft: Selection, chair: int) -> None:
    panel(maria, draft, chair, amount="1", by="amount")
    assert price_of(session, draft, chair) == (None, "")


def test_margins_are_not_in_the_page_of_who_may_not_see_them(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, maria: Client, draft: Selection,
        chair: int) -> None:
    """B12: a margin that may not be seen is not in the HTML either."""
    session.get_one(Price, (shop.pricelist.id, shop.chair.id)).cost_amount = 66240
    senior = make.staff(session, "Sara Sten", site=shop.site, role="admin")
    session.commit()
    seen = panel(signed_in(senior), draft, chair, amount="1080", by="amount")
    assert "margin 31 % → 23,33 %" in seen.words("#price-meaning")
    hidden = panel(maria, draft, chair, amount="1080", by="amount")
    assert "argin" not in hidden.get_data(as_text=True).replace("Good margin", "")
    assert "Good margin" in hidden.words("#price-meaning")
    for secret in ("31", "23", "66240", "662,40"):
        assert secret not in hidden.words("#price-meaning")
    assert "Thin margin" in panel(maria, draft, chair, amount="900", by="amount").words("#price-meaning")
    assert "Below minimum" in panel(maria, draft, chair, amount="800", by="amount").words("#price-meaning")


def test_the_reasons_of_the_house_and_the_last_one_are_offered(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    session.add_all([PriceReason(text="Volume", position=2), PriceReason(text="Loyal customer", position=1)])
    session.commit()
    save(maria, draft, chair, amount="1080", reason="Volume")
    bag = building.line_of(maria, draft, "Linen bag")
    answer = panel(maria, draft, bag)
    assert [option.get_text() for option in answer.page.select("#price-reason option")] == [
        "Choose a reason", "Loyal customer", "Volume"]
    assert answer.one("#price-reason option[selected]").get_text() == "Volume"


def test_a_reason_in_ones_own_words_counts_before_the_chosen_one(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    save(maria, draft, chair, amount="1080", reason="Volume", reason_text="Scratched leg")
    assert price_of(session, draft, chair) == (108000, "Scratched leg")


def test_the_pricelists_own_price_ends_a_special_one_without_a_reason(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    save(maria, draft, chair, amount="1080", **OK)
    answer = save(maria, draft, chair, amount="1200", shown_amount="1 080,00")
    assert price_of(session, draft, chair) == (None, "")
    assert building.toasts(answer) == ["Oak chair, natural has its normal price again."]


def test_a_special_price_is_undone_with_one_click_in_the_menu(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    menu = building.page(maria, draft).one(f"#line-menu-{chair}").get_text(" ", strip=True)
    assert "Undo special price" not in menu
    save(maria, draft, chair, amount="1080", **OK)
    menu = building.page(maria, draft).one(f"#line-menu-{chair}").get_text(" ", strip=True)
    assert "Undo special price" in menu
    building.post(maria, draft, f"lines/{chair}/price/removal")
    assert price_of(session, draft, chair) == (None, "")


def test_without_javascript_it_is_a_page_of_its_own(
        maria: Client, session: Session, draft: Selection, chair: int) -> None:
    page = panel(maria, draft, chair, htmx=False)
    assert page.one("h1").get_text(strip=True) == "Price of Oak chair, natural"
    wrong = save(maria, draft, chair, htmx=False, amount="x", **OK)
    assert wrong.status_code == 422
    assert wrong.one("title").get_text(strip=True).startswith("Error: ")
    done = save(maria, draft, chair, htmx=False, amount="1080", **OK)
    assert (done.status_code, done.headers["Location"]) == (303, f"/selections/{draft.number}")
    assert price_of(session, draft, chair) == (108000, "Loyal customer")


def test_a_line_without_a_price_can_be_given_one(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    rug = make.product(session, "Rug", stock={shop.warehouse: 9})
    line = make.line(session, draft, rug)
    session.commit()
    assert "Give a special price" in building.page(maria, draft).words(f"#line-{line.id}")
    assert not panel(maria, draft, line.id).page.select("#price-percent")
    save(maria, draft, line.id, amount="500", shown_amount="", **OK)
    assert price_of(session, draft, line.id) == (50000, "Loyal customer")


def test_what_was_agreed_for_an_open_price_has_a_minimum_and_needs_no_reason(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    gift = make.product(session, "Tree fund", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, gift, 10000, minimum=5000)
    line = make.line(session, draft, gift)
    session.commit()
    shown = panel(maria, draft, line.id)
    assert "At least 50,00, suggested 100,00" in shown.words("#line-price")
    assert not shown.page.select("#price-reason, #price-percent")
    low = save(maria, draft, line.id, amount="49,99", shown_amount="100,00")
    assert low.one("#price-amount-error").get_text(strip=True) == "Enter at least 50,00"
    done = save(maria, draft, line.id, amount="75", shown_amount="100,00")
    assert "75,00" in done.words(f"#line-{line.id}")
    assert "Special price" not in done.words(f"#line-{line.id}")


def test_the_rule_about_quantities_is_said(maria: Client, draft: Selection, chair: int) -> None:
    assert "Customers can't raise the quantity of a line with a special price." in \
        panel(maria, draft, chair).words("#line-price")
