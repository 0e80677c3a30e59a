"""What stands under *More* in the Link dialog is stored as it was chosen, and wrong entries say what to enter."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.approvals import queries
from sales_portal.approvals import service as approvals
from sales_portal.approvals.models import Approval
from sales_portal.catalog.models import CustomField
from sales_portal.links import presets
from sales_portal.links.models import CheckoutLink, CheckoutLinkDiscount
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building, linking
from tests.harness.app import Answer, Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """It is noon before anybody signs in."""
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
def annas(session: Session, shop: Shop) -> Selection:
    """A selection for Anna of Möbler AB, who lives in Stockholm; the house asks for an order number."""
    session.add(CustomField(slug="po-number", label="Order number", hint="Of your own books"))
    account = make.account(session, crm_id="0015f00000AAAAA")
    anna = make.customer(session, "Anna Svensson", email="anna@example.com", country="SE", account=account,
                         phone="+46 70 000 00 00", company="Möbler AB", crm_contact_id="0035f00000BBBBB")
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, customer=anna)


def values(answer: Answer, *names: str) -> list[str]:
    """What stands in the fields with these names."""
    return [str(answer.one(f"[name='{name}']").get("value", "")) for name in names]


def test_it_starts_with_what_is_known_of_the_customer(maria: Client, annas: Selection) -> None:
    """A-34, P-08: prefilled and unlocked, codes as usual, nothing after the payment but the receipt."""
    shown = linking.dialog(maria, annas)
    assert values(shown, "prefill-email", "prefill-name", "prefill-phone", "prefill-company") == [
        "anna@example.com", "Anna Svensson", "+46 70 000 00 00", "Möbler AB"]
    assert values(shown, "prefill-street", "prefill-postcode", "prefill-city") == [
        "Storgatan 1", "111 22", "Stockholm"]
    assert values(shown, "crm_account_id", "crm_contact_id") == ["0015f00000AAAAA", "0035f00000BBBBB"]
    assert linking.chosen(shown, "lock") == linking.chosen(shown, "only_email_may_pay") == []
    assert linking.chosen(shown, "after") == ["thanks"]
    assert linking.chosen(shown, "price_mode") == ["frozen"]
    assert shown.one("#link-more-parts").get("open") is None
    assert shown.one("#link-set").get_text(strip=True) == ""


def test_everything_chosen_is_stored_and_shown_on_the_links_page(
        maria: Client, session: Session, annas: Selection) -> None:
    """P-10, L-36, L-37, P-24: the whole of *More* on the row and on the page."""
    linking.create(maria, linking.dialog(maria, annas), **{
        "prefill-name": "Anna S.", "prefill-custom-po-number": "PO-7", "prefill-postcode": "111 33",
        "lock": ["name", "custom-po-number", "address"], "codes": "yes", "price_mode": "current", "language": "en_SE",
        "crm_account_id": "A-1", "crm_contact_id": "C-1", "metadata_key": ["campaign", ""],
        "metadata_value": ["spring 🪑", ""], "after": "url",
        "after_url": "https://shop.example/thanks?order={order}&c={CHECKOUT_ID}", "after_message": "not taken"})
    link = linking.only_link(session)
    assert link.prefill == {
        "email": "anna@example.com", "name": "Anna S.", "phone": "+46 70 000 00 00", "company": "Möbler AB",
        "street": "Storgatan 1", "postcode": "111 33", "city": "Stockholm", "country": "SE", "custom-po-number": "PO-7"}
    assert link.prefill_locks == ["name", "custom-po-number", "address"]
    assert (link.allows_discount_codes, link.price_mode, link.language) == (True, "current", "en_SE")
    assert (link.crm_account_id, link.crm_contact_id, link.link_metadata) == ("A-1", "C-1", {"campaign": "spring 🪑"})
    assert (link.after_url, link.after_message) == ("https://shop.example/thanks?order={order}&c={CHECKOUT_ID}", "")
    page = maria.get(f"/links/{link.number}")
    assert isinstance(page, Answer)
    told = page.words("#link-facts")
    for words in ("Discount codes May be typed", "Follow Retail SEK; special prices stay",
                  "Name, filled in Anna S. (fixed)", "Order number, filled in PO-7 (fixed)",
                  "E-mail, filled in anna@example.com",
                  "Storgatan 1, 111 33, Stockholm, SE (fixed)", "English (Sweden)", "CRM account A-1",
                  "CRM contact C-1",
                  "campaign spring 🪑", "https://shop.example/thanks?order={order}&c={CHECKOUT_ID}"):
        assert words in told, words
    assert "anna@example.com (fixed)" not in told


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


def test_only_one_address_may_pay_is_promised_and_never_shown_as_fixed(
        maria: Client, session: Session, annas: Selection) -> None:
    made = linking.create(maria, linking.dialog(maria, annas), only_email_may_pay="1", lock=["email", "phone"])
    link = linking.only_link(session)
    assert (link.only_email_may_pay, link.prefill_locks) == (True, ["phone"])
    assert "Only anna@example.com may pay." in made.words("#promise")


def test_the_picked_product_comes_first_in_total_and_in_the_row(
        maria: Client, session: Session, annas: Selection) -> None:
    """P-07: the quote of a choice is that of the preselected product."""
    linking.create(maria, linking.dialog(maria, annas), changes="pick_one", preselected="2")
    link = linking.only_link(session)
    assert (link.preselected_line, link.total_amount, link.totals["choices"][1]) == (2, 36900, 36900)


def test_a_link_that_is_paid_again_and_again_may_skip_the_first_page(
        maria: Client, session: Session, annas: Selection) -> None:
    """P-14: the flag is kept, and only where a link can be paid more than once."""
    linking.create(maria, linking.dialog(maria, annas), paid="once", skips_landing="1")
    made = linking.create(maria, linking.dialog(maria, annas), paid="any", skips_landing="1")
    assert session.scalars(select(CheckoutLink.skips_landing).order_by(CheckoutLink.id)).all() == [False, True]
    assert "It leads straight to the checkout." in made.words("#promise")


def test_metadata_starts_with_what_the_site_gives_every_link(
        maria: Client, session: Session, shop: Shop, annas: Selection) -> None:
    shop.site.link_metadata = {"channel": "sales desk"}
    shown = linking.dialog(maria, annas)
    rows = {name: [str(field["value"]) for field in shown.page.select(f"[name={name}]")]
            for name in ("metadata_key", "metadata_value")}
    assert rows == {"metadata_key": ["channel", "", ""], "metadata_value": ["sales desk", "", ""]}
    linking.create(maria, shown, **rows)
    assert linking.only_link(session).link_metadata == {"channel": "sales desk"}


@pytest.mark.parametrize("htmx", [True, False])
def test_a_row_is_added_and_nothing_typed_is_lost(
        maria: Client, session: Session, annas: Selection, htmx: bool) -> None:
    shown = linking.dialog(maria, annas, htmx=htmx)
    form = shown.one("#link-form")
    form["action"] = f"/selections/{annas.number}/link/metadata"
    answer = maria.submit(shown, "#link-form", htmx=htmx, label="Mine", metadata_key=["a", "b"],
                          metadata_value=["1", "2"])
    assert isinstance(answer, Answer)
    assert [str(field["value"]) for field in answer.page.select("[name=metadata_value]")] == ["1", "2", "", ""]
    if not htmx:
        assert values(answer, "label", "more") == ["Mine", "open"]
        assert answer.one("#link-more-parts").get("open") is not None
    assert session.scalars(select(CheckoutLink)).all() == []


def pairs(count: int) -> dict[str, Any]:
    """That many rows of metadata."""
    return {"metadata_key": [f"k{number}" for number in range(count)], "metadata_value": ["v"] * count}


@pytest.mark.parametrize(("filled", "shown"), [(47, 49), (48, 50), (49, 50), (50, 50)])
def test_rows_end_where_a_link_has_no_more_and_it_is_said(
        maria: Client, annas: Selection, filled: int, shown: int) -> None:
    form = linking.dialog(maria, annas)
    form.one("#link-form")["action"] = f"/selections/{annas.number}/link/metadata"
    answer = maria.submit(form, "#link-form", htmx=True, **pairs(filled))
    assert isinstance(answer, Answer)
    assert len(answer.page.select("[name=metadata_key]")) == shown
    said = answer.words("#add-metadata")
    assert said == ("Add a row" if shown < 50 else
                    "These are all 50 entries a link can have. Clear one to make room for another.")


WRONG: list[tuple[dict[str, Any], str]] = [
    (pairs(51), "Metadata can have up to 50 entries"),
    ({"metadata_key": ["k" * 41], "metadata_value": ["v"]}, "Metadata keys can have up to 40 characters"),
    ({"metadata_key": ["k"], "metadata_value": ["v" * 501]}, "Metadata values can have up to 500 characters"),
    ({"metadata_key": ["k", "k"], "metadata_value": ["1", "2"]}, "k stands here twice"),
    ({"metadata_key": [""], "metadata_value": ["1"]}, "Enter a key for each value"),
    ({"metadata_key": ["k"], "metadata_value": [""]}, "Enter a value for k"),
    ({"prefill-email": "anna@"}, "Enter an e-mail address like name@example.com"),
    ({"prefill-phone": "", "lock": ["phone"]}, "Fill in the phone number before you fix it"),
    ({"lock": ["custom-po-number"]}, "Fill in the answer before you fix it"),
    ({"prefill-street": "", "lock": ["address"]}, "Fill in street, town and country before you fix the address"),
    ({"prefill-email": "", "only_email_may_pay": "1"}, "Enter the e-mail address that may pay"),
    ({"prefill-name": "x" * 201}, "Enter at most 200 characters"),
    ({"after": "url", "after_url": ""}, "Enter an address that starts with https://"),
    ({"after": "url", "after_url": "http://shop.example/"}, "Enter an address that starts with https://"),
    ({"after": "url", "after_url": "javascript:alert(1)"}, "Enter an address that starts with https://"),
    ({"after": "url", "after_url": "https://shop.example@evil.example/"}, "Enter an address that starts with https://"),
    ({"after": "url", "after_url": "https://{order}.example/"}, "Enter an address that starts with https://"),
    ({"after": "url", "after_url": "https://shop.example/{token}"},
     "Use only {order} and {CHECKOUT_ID} between braces"),
    ({"after": "message", "after_message": "x" * 501}, "Enter a message with at most 500 characters"),
    ({"price_mode": "tomorrow"}, "Choose whose prices count"),
    ({"codes": "maybe"}, "Choose whether a discount code may be typed"),
    ({"after": "nothing"}, "Choose what comes after the payment"),
    ({"crm_account_id": "x" * 41}, "Enter an id with at most 40 characters"),
    ({"language": "x" * 13}, "Choose one of the languages"),
    ({"changes": "pick_one", "preselected": "3"}, "Choose one of the products"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_wrong_entries_open_more_and_say_what_to_enter(
        maria: Client, session: Session, annas: Selection, typed: dict[str, Any], said: str) -> None:
    answer = linking.create(maria, linking.dialog(maria, annas), **{"label": "Mine", **typed})
    assert answer.status_code == 422
    assert answer.words(".error-summary") == f"There is a problem {said}"
    assert answer.page.select(f"#{str(answer.one('.error-summary a')['href'])[1:]}") != []
    assert answer.one("#link-more-parts").get("open") is not None or "preselected" in typed
    assert values(answer, "label") == ["Mine"]
    assert session.scalars(select(CheckoutLink)).all() == []


def test_choices_are_kept_while_another_one_is_made(maria: Client, annas: Selection) -> None:
    """What *Nothing* rules out is not lost: it is there again when the choice goes back."""
    answer = linking.create(
        maria, linking.dialog(maria, annas), changes="nothing", max_per_line="7", preselected="2", after="thanks",
        after_url="https://kept.example/", after_message="Kept", label="x" * 201)
    assert values(answer, "max_per_line", "after_url") == ["7", "https://kept.example/"]
    assert answer.one("[name=after_message]").get_text(strip=True) == "Kept"
    assert answer.one("[name=preselected] [selected]")["value"] == "2"


def test_whether_more_was_open_is_remembered_and_nothing_in_it(maria: Client, annas: Selection) -> None:
    linking.create(maria, linking.dialog(maria, annas), more="open", codes="no", price_mode="current")
    again = linking.dialog(maria, annas)
    assert again.one("#link-more-parts").get("open") is not None
    assert again.one("[name=codes] [selected]")["value"] == "usual"
    assert linking.chosen(again, "price_mode") == ["frozen"]


def test_how_much_is_set_is_told_at_each_change(maria: Client, annas: Selection) -> None:
    shown = linking.dialog(maria, annas)
    answer = linking.preview(maria, annas, shown, codes="no", after="message", after_message="Hi", lock=["name"])
    assert answer.words("#link-set") == "3 set"


def test_first_closes_warns_that_several_orders_are_possible(maria: Client, annas: Selection) -> None:
    """C-20."""
    shown = linking.dialog(maria, annas)
    assert shown.words("#several-orders").startswith("Everyone who continues before the first payment can still buy.")
    promised = linking.preview(maria, annas, shown, paid="once", lets_openers_finish="1").words("#promise")
    assert "people already in the checkout can still buy while stock lasts, so there may be several orders" in promised


def test_from_and_until_name_the_time_zone_of_the_site(maria: Client, annas: Selection) -> None:
    shown = linking.dialog(maria, annas)
    assert shown.words("#field-starts_on-hint") == "Stockholm time. Empty means now."
    assert shown.words("#field-ends_on-hint") == "Stockholm time."


def test_hostile_words_stay_words(maria: Client, session: Session, annas: Selection) -> None:
    evil = "<script>alert(1)</script>"
    made = linking.create(maria, linking.dialog(maria, annas), **{
        "prefill-name": evil, "metadata_key": [evil], "metadata_value": [evil], "after": "message",
        "after_message": evil, "crm_account_id": evil})
    assert made.status_code == 200
    page = maria.get(f"/links/{linking.only_link(session).number}")
    assert isinstance(page, Answer)
    assert page.words("#link-facts").count(evil) == 5
    assert page.page.select("#link-facts script") == []
    assert building.page(maria, annas).status_code == 200


@pytest.fixture
def gift(session: Session, shop: Shop) -> Selection:
    """A chair and a gift card from 50 up that usually costs 500."""
    card = make.product(session, "Gift card", kind="service", prices={}, is_pay_what_you_want=True)
    make.price(session, shop.pricelist, card, 50_000, minimum=5_000)
    return make.selection(session, shop, {shop.chair: 1, card: 2})


def test_the_amount_of_what_one_pays_as_one_likes_is_filled_in_and_may_be_fixed(
        maria: Client, session: Session, gift: Selection) -> None:
    """P-21, C-15: what the checkout starts with is what the promise says and the row holds."""
    shown = linking.dialog(maria, gift)
    assert values(shown, "prefill-amount-2") == ["500,00"]
    assert shown.page.select("[name='prefill-amount-1']") == []
    typed = {"prefill-amount-2": "750", "lock": ["amount-2"]}
    told = linking.preview(maria, gift, shown, **typed).words("#promise").replace("\xa0", " ")
    assert "for 2 759,00 kr" in told
    linking.create(maria, linking.dialog(maria, gift), **typed)
    link = linking.only_link(session)
    assert (link.prefill["amount-2"], link.prefill_locks) == ("75000", ["amount-2"])
    assert link.total_amount == 120_000 + 2 * 75_000 + 5_900
    page = maria.get(f"/links/{link.number}")
    assert isinstance(page, Answer)
    assert "Amount of Gift card, filled in 750,00 kr (fixed)" in page.words("#link-facts").replace("\xa0", " ")


@pytest.mark.parametrize(("typed", "told"), [
    ("49,99", "Enter at least 50,00"), ("-60", "Enter at least 50,00"), ("much", "Enter an amount like 1080,50"),
    ("", "Fill in the amount before you fix it")])
def test_an_amount_below_the_least_or_none_at_all_is_said_at_its_field(
        maria: Client, gift: Selection, typed: str, told: str) -> None:
    answer = linking.create(maria, linking.dialog(maria, gift), **{"prefill-amount-2": typed, "lock": ["amount-2"]})
    assert answer.status_code == 422
    assert answer.words("[id='field-prefill-amount-2-error']").replace("\xa0", " ") == told
    assert values(answer, "prefill-amount-2") == [typed]
    assert answer.one("#link-more-parts").get("open") is not None


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
