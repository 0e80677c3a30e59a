"""Another market is shown before it is taken: what each line and the total become, and the way back (B14)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import RolePermission, Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.markets.models import Market
from sales_portal.pricing import exchange
from sales_portal.pricing import queries as pricing
from sales_portal.selections import ad_hoc
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture
def norway(session: Session, shop: Shop) -> Market:
    """A market in NOK that sells chairs and bags, and no caps."""
    oslo = make.warehouse(session, "Oslo", "NO")
    made = make.market(session, "Norway", site=shop.site, currency="NOK", locale="nb_NO", countries=["NO"],
                       warehouses=[oslo])
    retail = make.pricelist(session, made, "Retail NOK")
    make.tax_rate(session, "NO", 25000)
    make.shipping(session, made, {"NO": 9900})
    for variant, amount in ((shop.chair, 125000), (shop.bag, 32000)):
        make.price(session, retail, variant, amount)
        inventory.set_on_hand(session, variant.id, oslo.id, 5, by=SYSTEM)
    return made


def trial(client: Client, selection: Selection, market: Market, *, htmx: bool = True, **chosen: str) -> Answer:
    """What the switch would change."""
    answer = client.get(f"/selections/{selection.number}/market", htmx=htmx,
                        query_string={"market": market.id, **chosen})
    assert isinstance(answer, Answer)
    return answer


def rows(answer: Answer) -> list[str]:
    """The rows of the table before and after."""
    return [" ".join(row.get_text(" ").split()) for row in answer.page.select("#switch-lines tbody tr")]


def test_b14_the_trial_shows_each_line_and_the_total_and_changes_nothing(
        maria: Client, session: Session, draft: Selection, norway: Market) -> None:
    before = building.page(maria, draft).one("#selection-lines").get_text(" ", strip=True)
    shown = trial(maria, draft, norway)
    assert shown.words("#switch-title").replace("\u00a0", " ") == (
        "Switch to Norway / Retail NOK? The total goes from 2 769,00 SEK to 2 919,00 NOK.")
    assert rows(shown) == ["Oak chair, natural × 2 1 200,00 SEK 1 250,00 NOK – 5",
                           "Linen bag 310,00 SEK 320,00 NOK – 5"]
    session.expire_all()
    assert (session.get_one(Selection, draft.id).version, draft.currency) == (1, "SEK")
    assert building.page(maria, draft).one("#selection-lines").get_text(" ", strip=True) == before


@pytest.mark.parametrize(("days_ago", "said"), [
    (0, "About +3,2 % at today's rate."), (3, "About +3,2 % at the rate of 24 Nov 2026."), (40, None)])
def test_two_currencies_are_compared_at_a_recent_rate(
        maria: Client, session: Session, draft: Selection, norway: Market, clock: Clock, days_ago: int,
        said: str | None) -> None:
    today = clock.set(datetime(2026, 11, 27, 12, tzinfo=UTC)).date()
    exchange.save_rates(session, today - timedelta(days=days_ago), {"SEK": Decimal("11.42"), "NOK": Decimal("11.67")})
    session.commit()
    shown = trial(maria, draft, norway)
    told = [" ".join(part.get_text().split()) for part in shown.page.select("#switch-difference")]
    assert told == ([said] if said is not None else [])


def test_b14_cancel_leads_back_to_the_selection_as_it_was(maria: Client, draft: Selection, norway: Market) -> None:
    shown = trial(maria, draft, norway)
    [cancel] = [link for link in shown.page.select("#switch a") if link.get_text() == "Cancel"]
    assert cancel["href"] == f"/selections/{draft.number}"
    assert maria.get(str(cancel["href"])).one("#field-market [selected]").get_text() == "Sweden"


def test_b14_the_switch_does_what_the_trial_showed_and_undo_restores_all(
        maria: Client, session: Session, shop: Shop, draft: Selection, norway: Market) -> None:
    make.line(session, draft, shop.cap, special_price=90000)
    before = building.page(maria, draft)
    done = maria.submit(trial(maria, draft, norway), "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    assert [text.replace("\u00a0", " ") for text in building.toasts(done)] == [
        "Norway / Retail NOK. The total went from 3 669,00 SEK to 2 919,00 NOK."]
    assert [title for title, _ in building.lines(done)] == ["Oak chair, natural", "Linen bag"]
    assert "was 1 200,00 SEK" in done.words("#selection-lines").replace("\u00a0", " ")
    undone = building.post(maria, draft, "undo", htmx=True)
    assert building.lines(undone) == building.lines(before)
    assert [row.replace(" (SEK)", "") for row in building.totals(undone)] == building.totals(before)
    cap = session.get_one(SelectionLine, building.line_of(maria, draft, "Wool cap"))
    assert cap.special_price_amount == 90000


def test_a_line_without_a_price_is_kept_out_or_waits_for_a_special_price(
        maria: Client, session: Session, shop: Shop, draft: Selection, norway: Market) -> None:
    make.line(session, draft, shop.cap)
    assert rows(trial(maria, draft, norway))[-1].endswith("960,00 SEK Kept out – –")
    asked = trial(maria, draft, norway, missing="ask")
    assert rows(asked)[-1].endswith("960,00 SEK No price – 0")
    done = maria.submit(asked, "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    assert "No price in Retail NOK. Give a special price or remove the line." in done.words("#selection-lines")
    assert building.toasts(done)[0].endswith("1 line has no price there.")


def test_special_prices_go_or_are_kept_as_the_same_discount(
        maria: Client, session: Session, shop: Shop, norway: Market) -> None:
    draft = make.selection(session, shop)
    make.line(session, draft, shop.bag, special_price=24800)
    assert "320,00 NOK" in rows(trial(maria, draft, norway))[0]
    kept = trial(maria, draft, norway, specials="discount")
    assert "256,00 NOK" in rows(kept)[0]
    done = maria.submit(kept, "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    assert "256,00" in done.words("#selection-lines")


def test_in_one_currency_the_change_has_sign_and_arrow(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 100000)
    make.price(session, vip, shop.bag, 35000)
    shown = rows(trial(maria, draft, shop.market, pricelist=str(vip.id)))
    assert [row.split(" SEK ")[-1] for row in shown] == ["▼ −200,00 14", "▲ +40,00 40"]


def test_without_scripts_the_trial_is_a_page_and_the_switch_leads_back(
        maria: Client, draft: Selection, norway: Market) -> None:
    asked = maria.submit(building.page(maria, draft), "#market-form", market=str(norway.id))
    assert isinstance(asked, Answer)
    assert "Switch to Norway / Retail NOK?" in asked.words("#switch-title")
    done = maria.submit(asked, "#switch-form")
    assert done.status_code == 303
    assert building.page(maria, draft).one("#field-market [selected]").get_text() == "Norway"


def test_c01_a_vip_is_sold_something_special_at_the_vip_prices(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 90000)
    make.price(session, vip, shop.bag, 31000)
    done = maria.submit(trial(maria, draft, shop.market, pricelist=str(vip.id)), "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    bag = building.line_of(maria, draft, "Linen bag")
    building.post(maria, draft, f"lines/{bag}/price", htmx=True, amount="280", reason="Loyal customer")
    total = building.totals(building.page(maria, draft))[-1].replace("\u00a0", " ")
    assert "2 139,00" in total
    linked = building.post(maria, draft, "link", changes="nothing", paid="once", until="30", request_key="c01-vip")
    assert linked.status_code == 303


@pytest.fixture
def bargain(session: Session, shop: Shop, norway: Market) -> Selection:
    """A bag at 248,00 instead of 310,00, and an engraving at 100,00 that is in no catalogue."""
    draft = make.selection(session, shop)
    make.line(session, draft, shop.bag, special_price=24800, reason="loyal")
    ad_hoc.add_ad_hoc(session, draft, AdHoc("Engraving", 10000), by=shop.agent.actor)
    session.commit()
    return draft


def amounts(answer: Answer) -> dict[str, str]:
    """The fields for new amounts: label and value."""
    return {answer.words(f"label[for={field['id']}]"): str(field["value"])
            for field in answer.page.select("#switch-form [name^=amount_]")}


def test_new_amounts_are_typed_in_the_new_currency_and_the_reason_stays(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    """Brief §3.5: *type new amount*; each field begins with the price at the same discount."""
    bag, engraving = (building.line_of(maria, bargain, title) for title in ("Linen bag", "Engraving"))
    assert list(amounts(trial(maria, bargain, norway))) == ["New price of Engraving (optional)"]
    shown = trial(maria, bargain, norway, specials="type")
    assert amounts(shown) == {"New price of Linen bag": "256,00", "New price of Engraving (optional)": ""}
    typed = {"specials": "type", f"amount_{bag}": "1.250,50", f"amount_{engraving}": "120"}
    assert [row.split(" SEK ")[1] for row in rows(trial(maria, bargain, norway, **typed))] == [
        "1 250,50 NOK – 5", "120,00 NOK – –"]
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **typed))
    assert done.status_code == 200
    session.expire_all()
    assert [(line.special_price_amount, line.special_price_reason) for line in (
        session.get_one(SelectionLine, bag), session.get_one(SelectionLine, engraving))] == [
        (125050, "loyal"), (12000, "")]


def test_a_wrong_new_amount_is_refused_at_its_field_and_changes_nothing(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    bag, engraving = (building.line_of(maria, bargain, title) for title in ("Linen bag", "Engraving"))
    shown = trial(maria, bargain, norway, specials="type")
    for text, said in (("cheap", "Enter an amount like 1080,50"), ("", "Enter a price"), ("-1", "Enter an amount from"),
                       ("10,555", "Enter an amount with at most 2 decimals"), ("9" * 20, "Enter a smaller amount")):
        wrong = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **{
            f"amount_{bag}": text, f"amount_{engraving}": "99"}))
        assert (wrong.status_code, wrong.headers["HX-Retarget"]) == (422, "#switch")
        assert wrong.words(f"#switch-amount-{bag}-error").startswith(said)
        assert [wrong.one(f"#switch-amount-{line}")["value"] for line in (bag, engraving)] == [text, "99"]
    plain = cast(Answer, maria.submit(shown, "#switch-form", **{f"amount_{bag}": "cheap"}))
    assert plain.one("#error-summary a")["href"] == f"#switch-amount-{bag}"
    session.expire_all()
    assert session.get_one(Selection, bargain.id).currency == "SEK"


def test_a_line_without_a_product_waits_for_its_price_there_and_is_never_kept_out(
        maria: Client, session: Session, bargain: Selection, norway: Market) -> None:
    shown = trial(maria, bargain, norway)
    assert not shown.page.select("#switch-missing")
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True))
    engraving = building.line_of(maria, bargain, "Engraving")
    assert "No price in NOK yet. Enter one or remove the line." in done.words(f"#line-{engraving}")
    [fix] = [link for link in done.page.select(f"#line-fixes-{engraving} a") if link.get_text() == "Enter a price"]
    form = cast(Answer, maria.get(str(fix["href"])))
    assert (form.one("#ad-hoc-title")["value"], form.one("#ad-hoc-amount")["value"]) == ("Engraving", "")
    undone = building.post(maria, bargain, "undo", htmx=True)
    assert "100,00" in undone.words(f"#line-{engraving}")


def test_who_may_write_no_lines_of_their_own_sets_no_price_of_one_by_a_switch(
        signed_in: Callable[[Staff], Client], session: Session, shop: Shop, bargain: Selection,
        norway: Market) -> None:
    session.delete(session.get_one(RolePermission, (shop.agent.role_id, Permission.SELECTIONS_ADHOC.value)))
    session.commit()
    maria = signed_in(shop.agent)
    engraving = building.line_of(maria, bargain, "Engraving")
    shown = trial(maria, bargain, norway)
    assert amounts(shown) == {}
    done = cast(Answer, maria.submit(shown, "#switch-form", htmx=True, **{f"amount_{engraving}": "1"}))
    assert "No price in NOK yet." in done.words(f"#line-{engraving}")
    assert not done.page.select(f"#price-{engraving}, #line-fixes-{engraving} a")


def test_a_chosen_amount_goes_with_its_currency_and_comes_back_with_undo(
        maria: Client, session: Session, shop: Shop, norway: Market) -> None:
    """Issue 3, 2 and 3: what was agreed of a pay-what-you-want product is never taken for another currency."""
    fund = make.product(session, "Tree fund", kind="service", is_pay_what_you_want=True)
    make.price(session, shop.pricelist, fund, 10000, minimum=5000)
    make.price(session, pricing.list_pricelists(session, norway.id)[0], fund, 20000, minimum=8000)
    draft = make.selection(session, shop, {fund: 1})
    line = building.line_of(maria, draft, "Tree fund")
    building.post(maria, draft, f"lines/{line}/price", amount="75", shown_amount="100,00")
    assert rows(trial(maria, draft, norway)) == ["Tree fund 75,00 SEK 200,00 NOK – –"]
    maria.submit(trial(maria, draft, norway), "#switch-form", htmx=True)
    session.expire_all()
    assert session.get_one(SelectionLine, line).chosen_amount is None
    building.post(maria, draft, "undo", htmx=True)
    session.expire_all()
    assert session.get_one(SelectionLine, line).chosen_amount == 7500


def test_what_it_was_stays_until_the_page_is_opened_anew(
        maria: Client, session: Session, draft: Selection, norway: Market) -> None:
    """Brief §3.5: changed rows carry what they were until the next visit."""
    maria.submit(trial(maria, draft, norway), "#switch-form", htmx=True)
    chair = building.line_of(maria, draft, "Oak chair")
    assert "was" not in building.page(maria, draft).words(f"#line-{chair}")
    building.post(maria, draft, "undo", htmx=True)
    maria.submit(trial(maria, draft, norway), "#switch-form", htmx=True)
    later = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="3")
    assert "was 1 200,00 SEK" in later.words(f"#line-{chair}")
    back = building.post(maria, draft, "undo", htmx=True)
    back = building.post(maria, draft, "undo", htmx=True)
    assert "was" not in back.words(f"#line-{chair}")


def test_without_scripts_the_page_after_the_switch_says_what_it_was(
        maria: Client, draft: Selection, norway: Market) -> None:
    maria.submit(trial(maria, draft, norway, htmx=False), "#switch-form")
    assert "was 1 200,00 SEK" in building.page(maria, draft).words("#selection-lines")
    assert "was 1 200,00 SEK" not in building.page(maria, draft).words("#selection-lines")


def test_the_code_stands_beside_the_total_once_there_were_two_currencies(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    euros = make.market(session, "Finland", site=shop.site, currency="EUR", countries=["FI"])
    make.price(session, make.pricelist(session, euros, "Retail EUR"), shop.chair, 11000)
    assert building.totals(building.page(maria, draft))[-1].startswith("Customer pays 2")
    done = cast(Answer, maria.submit(trial(maria, draft, euros), "#switch-form", htmx=True))
    assert building.totals(done)[-1].startswith("Customer pays (EUR) ")
    undone = building.post(maria, draft, "undo", htmx=True)
    assert building.totals(undone)[-1].startswith("Customer pays (SEK) ")


def test_the_panel_tells_of_shipping_and_tax_there(maria: Client, draft: Selection, norway: Market) -> None:
    assert trial(maria, draft, norway).words("#switch-terms") == (
        "Shipping: Norway has 1 method to Norway. Tax: 25 % included.")


@pytest.mark.parametrize(("status", "dialog"), [("won", "paid-dialog"), ("archived", "archived-dialog")])
def test_what_is_paid_or_archived_is_not_switched(
        maria: Client, session: Session, draft: Selection, norway: Market, status: str,
        dialog: str) -> None:
    shown = trial(maria, draft, norway)
    session.get_one(Selection, draft.id).status = status
    session.commit()
    for answer in (trial(maria, draft, norway), cast(Answer, maria.submit(shown, "#switch-form", htmx=True))):
        assert (answer.status_code, bool(answer.page.select(f"#{dialog}"))) == (409, True)
    session.expire_all()
    assert session.get_one(Selection, draft.id).currency == "SEK"
    assert not building.page(maria, draft).page.select("#market-form")
