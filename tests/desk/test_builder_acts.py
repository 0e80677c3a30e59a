"""The acts on a selection as a whole: customer, notes, market, charges, and two people at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.customers.models import Customer
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.make import Shop


def customer_shown(answer: Answer) -> str:
    """The name in the summary."""
    return answer.words("#selection-customer .card-title")


def test_a_customer_is_found_by_what_is_typed(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    make.customer(session, "Bo Ek", email="bo@firma.example", company="Firma AB")
    found = maria.get(f"/selections/{draft.number}/customers?q=firma", htmx=True)
    assert isinstance(found, Answer)
    assert [option["data-text"] for option in found.page.select("[role=option]")] == [
        "Bo Ek", "New customer “firma”"]


def test_a_found_customer_is_chosen(maria: Client, session: Session, draft: Selection) -> None:
    bo = make.customer(session, "Bo Ek", email="bo@firma.example")
    assert customer_shown(building.post(maria, draft, "customer", htmx=True, customer=bo.number, q="bo")) == "Bo Ek"


@pytest.mark.parametrize("typed", ["bo@firma.example", "Bo Ek", "BO@firma.example"])
def test_enter_chooses_the_only_match(maria: Client, session: Session, draft: Selection, typed: str) -> None:
    make.customer(session, "Bo Ek", email="bo@firma.example")
    assert customer_shown(building.post(maria, draft, "customer", htmx=True, q=typed)) == "Bo Ek"


def test_an_e_mail_alone_makes_a_customer(maria: Client, session: Session, draft: Selection) -> None:
    answer = building.post(maria, draft, "customer", htmx=True, customer="new", q="new@example.com")
    assert customer_shown(answer) == "new@example.com"
    assert session.scalars(select(Customer).where(Customer.email == "new@example.com")).one().name == ""


def test_a_name_asks_for_the_e_mail_and_keeps_what_was_typed(maria: Client, draft: Selection) -> None:
    asked = building.post(maria, draft, "customer", htmx=True, customer="new", q="Bo Ek")
    assert asked.status_code == 422
    assert asked.one("#field-name")["value"] == "Bo Ek"
    assert asked.page.select("#new-customer .field-error") == []
    saved = maria.submit(asked, "#new-customer form", htmx=True, email="bo@firma.example")
    assert isinstance(saved, Answer)
    assert customer_shown(saved) == "Bo Ek"


def test_a_wrong_e_mail_says_how_it_should_look(maria: Client, draft: Selection) -> None:
    answer = building.post(maria, draft, "customer", htmx=True, email="bo@", name="Bo")
    assert answer.status_code == 422
    assert answer.words("#field-email-error") == "Enter an e-mail address like name@example.com"
    assert (answer.one("#field-email")["value"], answer.one("#field-name")["value"]) == ("bo@", "Bo")


def test_a_known_e_mail_is_warned_of_and_may_be_used_or_made_again(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    draft.customer = None
    answer = building.post(maria, draft, "customer", htmx=True, email="anna@example.com", name="Anna Berg")
    assert "Looks like Anna Svensson" in answer.words("#new-customer .alert")
    again = maria.submit(answer, "#new-customer form:not(#use-known)", htmx=True, is_second_anyway="1")
    assert isinstance(again, Answer)
    assert customer_shown(again) == "Anna Berg"
    known = answer.one("button[form=use-known]")
    used = building.post(maria, draft, "customer", htmx=True, customer=str(known["value"]))
    assert customer_shown(used) == "Anna Svensson"


def test_without_a_script_customers_are_chosen_on_a_page(maria: Client, session: Session, draft: Selection) -> None:
    make.customer(session, "Bo Ek", email="bo@firma.example")
    make.customer(session, "Bo Berg", email="berg@firma.example")
    asked = building.post(maria, draft, "customer", q="Bo")
    assert asked.status_code == 303
    page = maria.get(asked.location)
    assert isinstance(page, Answer)
    chosen = maria.submit(page, "tbody tr:nth-of-type(2) form")
    assert chosen.status_code == 303
    assert customer_shown(building.page(maria, draft)) in {"Bo Ek", "Bo Berg"}


def test_a_selection_may_be_for_anyone(maria: Client, draft: Selection) -> None:
    answer = maria.submit(building.page(maria, draft), "#change-customer form:last-of-type", htmx=True)
    assert isinstance(answer, Answer)
    assert "Without one, anyone with the link can buy." in answer.words("#selection-customer")


def test_a_customer_of_another_market_offers_the_switch(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", locale="nb_NO", countries=("NO",))
    make.pricelist(session, norway, "Retail NOK")
    kari = make.customer(session, "Kari", email="kari@example.no", market=norway)
    answer = building.post(maria, draft, "customer", htmx=True, customer=kari.number)
    assert "Usually buys in Norway." in answer.words("#usual-market")
    tried = maria.get(str(answer.one("#usual-market a")["href"]), htmx=True)
    switched = maria.submit(tried, "#switch-form", htmx=True)
    assert isinstance(switched, Answer)
    assert switched.one("#field-market [selected]").get_text() == "Norway"


def test_a_switch_says_both_totals_and_what_has_no_price(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 100000)
    answer = building.post(maria, draft, "market", htmx=True, market=shop.market.id, pricelist=vip.id)
    assert building.toasts(answer) == [
        "Sweden / VIP SEK. The total went from 2 769,00 SEK to 2 059,00 SEK. 1 line has no price there."]
    assert "No price in VIP SEK. Give a special price or remove the line." in answer.words("#lines")


def test_another_market_takes_its_own_first_prices(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", locale="nb_NO", countries=("NO",))
    make.pricelist(session, norway, "Retail NOK")
    answer = building.post(maria, draft, "market", htmx=True, market=norway.id, pricelist=shop.pricelist.id)
    assert answer.one("#field-pricelist [selected]").get_text() == "Retail NOK"


@pytest.mark.parametrize("market", ["999", "x", ""])
def test_a_market_that_is_not_there_is_refused(maria: Client, draft: Selection, market: str) -> None:
    answer = building.post(maria, draft, "market", htmx=True, market=market)
    assert answer.status_code == 404
    assert "We can't find this market." in answer.page.get_text()


def test_ignoring_shipping_shows_what_is_saved(maria: Client, draft: Selection) -> None:
    answer = building.post(maria, draft, "charges", htmx=True, ignores_shipping="1")
    assert "Shipping 59,00 Not charged" in answer.words("#totals")
    assert "2 710,00 kr" in answer.words("#totals")


def test_ignoring_tax_asks_why_before_it_is_done(maria: Client, session: Session, draft: Selection) -> None:
    asked = building.post(maria, draft, "charges", htmx=True, ignores_tax="1")
    assert asked.status_code == 422
    assert asked.headers["HX-Trigger"] == '{"focus": {"to": "#field-ignores_tax_reason"}}'
    assert asked.page.select("#selection-charges .field-error") == []
    empty = maria.submit(asked, "#selection-charges", htmx=True)
    assert isinstance(empty, Answer)
    assert empty.words("#field-ignores_tax_reason-error") == "Give a reason for not charging tax"
    session.refresh(draft)
    assert draft.ignores_tax is False
    done = maria.submit(empty, "#selection-charges", htmx=True, ignores_tax_reason="Reverse charge")
    assert isinstance(done, Answer)
    assert "handled elsewhere" in done.words("#totals")
    assert "Not charged Customer pays" in done.words("#totals")


def test_without_a_script_the_reason_is_asked_on_the_page(maria: Client, draft: Selection) -> None:
    asked = building.post(maria, draft, "charges", ignores_tax="1")
    assert asked.status_code == 422
    assert asked.one("#field-ignores_tax").has_attr("checked")
    assert asked.one("#field-ignores_tax_reason")["value"] == ""


def test_notes_are_kept_and_too_long_ones_stay_typed(maria: Client, draft: Selection) -> None:
    building.post(maria, draft, "notes", customer_note="As promised", internal_note="")
    assert building.page(maria, draft).one("#field-customer_note").get_text().strip() == "As promised"
    answer = building.post(maria, draft, "notes", customer_note="x" * 501, internal_note="kept")
    assert answer.status_code == 422
    assert answer.words("#field-customer_note-error") == "Use at most 500 characters"
    assert answer.one("#field-customer_note").get_text().strip() == "x" * 501
    assert answer.one("#field-internal_note").get_text().strip() == "kept"


class TestTwoPeople:
    """Maria's page is older than what a colleague did since."""

    @pytest.fixture
    def boss(self, open_client, session: Session, shop: Shop) -> Client:  # type: ignore[no-untyped-def]
        """A colleague who may change everything."""
        client = open_client()
        client.sign_in(make.staff(session, "Ada Admin", site=shop.site, role="admin").email)
        return client

    def test_different_lines_are_both_kept(self, maria: Client, boss: Client, draft: Selection) -> None:
        chair, bag = (building.line_of(maria, draft, title) for title in ("Oak chair", "Linen bag"))
        building.post(boss, draft, f"lines/{bag}/quantity", quantity="5", version=1)
        answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="4", version=1)
        assert building.lines(answer) == [("Oak chair, natural", "4"), ("Linen bag", "5")]

    def test_the_same_field_shows_both_values_and_loses_neither(
            self, maria: Client, boss: Client, draft: Selection) -> None:
        chair = building.line_of(maria, draft, "Oak chair")
        building.post(boss, draft, f"lines/{chair}/quantity", quantity="5", version=1)
        clash = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity="4", version=1)
        assert (clash.status_code, clash.headers["HX-Retarget"]) == (409, "#dialog")
        assert clash.words("h2") == "Ada Admin changed this while you were typing"
        assert clash.words("#choose-quantity legend") == "Quantity of Oak chair, natural"
        assert "Keep mine 4 Keep Ada Admin’s 5 (" in clash.words("#choose-quantity")
        kept = maria.submit(clash, "form")
        assert kept.status_code == 303
        assert ("Oak chair, natural", "4") in building.lines(building.page(maria, draft))

    def test_without_a_script_the_question_is_a_page(self, maria: Client, boss: Client, draft: Selection) -> None:
        building.post(boss, draft, "notes", customer_note="Theirs", internal_note="", version=1)
        clash = building.post(maria, draft, "notes", customer_note="Mine", internal_note="", version=1)
        assert clash.status_code == 409
        assert "Note to the customer" in clash.words("main")
        assert "Keep mine Mine Keep Ada Admin’s Theirs (" in clash.words("#choose-customer_note")
        assert maria.submit(clash, "#conflict-dialog form").status_code == 303
        assert building.page(maria, draft).one("#field-customer_note").get_text().strip() == "Mine"

    def test_one_person_twice_is_no_conflict(self, maria: Client, draft: Selection) -> None:
        chair = building.line_of(maria, draft, "Oak chair")
        for quantity in ("4", "5"):
            answer = building.post(maria, draft, f"lines/{chair}/quantity", htmx=True, quantity=quantity, version=1)
            assert answer.status_code == 200


@pytest.mark.parametrize(("path", "data"), [
    ("charges", {"ignores_shipping": "1"}), ("charges", {"ignores_tax": "1", "ignores_tax_reason": "Export"})])
def test_what_a_role_may_not_is_refused(client: Client, session: Session, shop: Shop, draft: Selection, path: str,
                                        data: dict[str, str]) -> None:
    role = make.role(session, "agent")
    role.grants = [grant for grant in role.grants if not grant.permission.startswith("link.ignore")]
    client.sign_in(shop.agent.email)
    assert building.page(client, draft).page.select("#selection-charges input[type=checkbox]") == []
    assert building.post(client, draft, path, htmx=True, **data).status_code == 403
