"""Another market is shown before it is taken: what each line and the total become, and the way back (B14)."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.markets.models import Market
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
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
    assert building.totals(undone) == building.totals(before)
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
