"""Another market is shown before it is taken: what each line and the total become, and the way back (B14)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest
from sqlalchemy.orm import Session

from sales_portal.markets.models import Market
from sales_portal.pricing import exchange
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building, switching
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Shop


def test_b14_the_trial_shows_each_line_and_the_total_and_changes_nothing(
        maria: Client, session: Session, draft: Selection, norway: Market) -> None:
    before = building.page(maria, draft).one("#selection-lines").get_text(" ", strip=True)
    shown = switching.trial(maria, draft, norway)
    assert shown.words("#switch-title").replace("\u00a0", " ") == (
        "Switch to Norway / Retail NOK? The total goes from 2 769,00 SEK to 2 919,00 NOK.")
    assert switching.rows(shown) == ["Oak chair, natural × 2 1 200,00 SEK 1 250,00 NOK – 5",
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
    shown = switching.trial(maria, draft, norway)
    told = [" ".join(part.get_text().split()) for part in shown.page.select("#switch-difference")]
    assert told == ([said] if said is not None else [])


def test_b14_cancel_leads_back_to_the_selection_as_it_was(maria: Client, draft: Selection, norway: Market) -> None:
    shown = switching.trial(maria, draft, norway)
    [cancel] = [link for link in shown.page.select("#switch a") if link.get_text() == "Cancel"]
    assert cancel["href"] == f"/selections/{draft.number}"
    assert maria.get(str(cancel["href"])).one("#field-market [selected]").get_text() == "Sweden"


def test_b14_the_switch_does_what_the_trial_showed_and_undo_restores_all(
        maria: Client, session: Session, shop: Shop, draft: Selection, norway: Market) -> None:
    make.line(session, draft, shop.cap, special_price=90000)
    before = building.page(maria, draft)
    done = maria.submit(switching.trial(maria, draft, norway), "#switch-form", htmx=True)
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
    assert switching.rows(switching.trial(maria, draft, norway))[-1].endswith("960,00 SEK Kept out – –")
    asked = switching.trial(maria, draft, norway, missing="ask")
    assert switching.rows(asked)[-1].endswith("960,00 SEK No price – 0")
    done = maria.submit(asked, "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    assert "No price in Retail NOK. Give a special price or remove the line." in done.words("#selection-lines")
    assert building.toasts(done)[0].endswith("1 line has no price there.")


def test_special_prices_go_or_are_kept_as_the_same_discount(
        maria: Client, session: Session, shop: Shop, norway: Market) -> None:
    draft = make.selection(session, shop)
    make.line(session, draft, shop.bag, special_price=24800)
    assert "320,00 NOK" in switching.rows(switching.trial(maria, draft, norway))[0]
    kept = switching.trial(maria, draft, norway, specials="discount")
    assert "256,00 NOK" in switching.rows(kept)[0]
    done = maria.submit(kept, "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    assert "256,00" in done.words("#selection-lines")


def test_in_one_currency_the_change_has_sign_and_arrow(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 100000)
    make.price(session, vip, shop.bag, 35000)
    shown = switching.rows(switching.trial(maria, draft, shop.market, pricelist=str(vip.id)))
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
    done = maria.submit(switching.trial(maria, draft, shop.market, pricelist=str(vip.id)), "#switch-form", htmx=True)
    assert isinstance(done, Answer)
    bag = building.line_of(maria, draft, "Linen bag")
    building.post(maria, draft, f"lines/{bag}/price", htmx=True, amount="280", reason="Loyal customer")
    total = building.totals(building.page(maria, draft))[-1].replace("\u00a0", " ")
    assert "2 139,00" in total
    linked = building.post(maria, draft, "link", changes="nothing", paid="once", until="30", request_key="c01-vip")
    assert linked.status_code == 303


def test_what_it_was_stays_until_the_page_is_opened_anew(
        maria: Client, session: Session, draft: Selection, norway: Market) -> None:
    """Brief §3.5: changed rows carry what they were until the next visit."""
    maria.submit(switching.trial(maria, draft, norway), "#switch-form", htmx=True)
    chair = building.line_of(maria, draft, "Oak chair")
    assert "was" not in building.page(maria, draft).words(f"#line-{chair}")
    building.post(maria, draft, "undo", htmx=True)
    maria.submit(switching.trial(maria, draft, norway), "#switch-form", htmx=True)
    later = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="3")
    assert "was 1 200,00 SEK" in later.words(f"#line-{chair}")
    back = building.post(maria, draft, "undo", htmx=True)
    back = building.post(maria, draft, "undo", htmx=True)
    assert "was" not in back.words(f"#line-{chair}")


def test_without_scripts_the_page_after_the_switch_says_what_it_was(
        maria: Client, draft: Selection, norway: Market) -> None:
    maria.submit(switching.trial(maria, draft, norway, htmx=False), "#switch-form")
    assert "was 1 200,00 SEK" in building.page(maria, draft).words("#selection-lines")
    assert "was 1 200,00 SEK" not in building.page(maria, draft).words("#selection-lines")


def test_the_code_stands_beside_the_total_once_there_were_two_currencies(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    euros = make.market(session, "Finland", site=shop.site, currency="EUR", countries=["FI"])
    make.price(session, make.pricelist(session, euros, "Retail EUR"), shop.chair, 11000)
    assert building.totals(building.page(maria, draft))[-1].startswith("Customer pays 2")
    done = cast(Answer, maria.submit(switching.trial(maria, draft, euros), "#switch-form", htmx=True))
    assert building.totals(done)[-1].startswith("Customer pays (EUR) ")
    undone = building.post(maria, draft, "undo", htmx=True)
    assert building.totals(undone)[-1].startswith("Customer pays (SEK) ")


def test_the_panel_tells_of_shipping_and_tax_there(maria: Client, draft: Selection, norway: Market) -> None:
    assert switching.trial(maria, draft, norway).words("#switch-terms") == (
        "Shipping: Norway has 1 method to Norway. Tax: 25 % included.")


@pytest.mark.parametrize(("status", "dialog"), [("won", "paid-dialog"), ("archived", "archived-dialog")])
def test_what_is_paid_or_archived_is_not_switched(
        maria: Client, session: Session, draft: Selection, norway: Market, status: str,
        dialog: str) -> None:
    shown = switching.trial(maria, draft, norway)
    session.get_one(Selection, draft.id).status = status
    session.commit()
    for answer in (switching.trial(maria, draft, norway), cast(Answer, maria.submit(shown, "#switch-form", htmx=True))):
        assert (answer.status_code, bool(answer.page.select(f"#{dialog}"))) == (409, True)
    session.expire_all()
    assert session.get_one(Selection, draft.id).currency == "SEK"
    assert not building.page(maria, draft).page.select("#market-form")
