"""What stands under *More* in the Link dialog is stored as it was chosen, and wrong entries say what to enter."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests.desk import building, linking
from tests.harness.app import Answer, Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")

def test_it_starts_with_what_is_known_of_the_customer(maria: Client, annas: Selection) -> None:
    """A-34, P-08: prefilled and unlocked, codes as usual, nothing after the payment but the receipt."""
    shown = linking.dialog(maria, annas)
    assert linking.values(shown, "prefill-email", "prefill-name", "prefill-phone", "prefill-company") == [
        "anna@example.com", "Anna Svensson", "+46 70 000 00 00", "Möbler AB"]
    assert linking.values(shown, "prefill-street", "prefill-postcode", "prefill-city") == [
        "Storgatan 1", "111 22", "Stockholm"]
    assert linking.values(shown, "crm_account_id", "crm_contact_id") == ["0015f00000AAAAA", "0035f00000BBBBB"]
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
        "crm_account_id": "0011t00000AbCdEAAV", "crm_contact_id": "C-1", "metadata_key": ["campaign", ""],
        "metadata_value": ["spring 🪑", ""], "after": "url",
        "after_url": "https://shop.example/thanks?order={order}&c={CHECKOUT_ID}", "after_message": "not taken"})
    link = linking.only_link(session)
    assert link.prefill == {
        "email": "anna@example.com", "name": "Anna S.", "phone": "+46 70 000 00 00", "company": "Möbler AB",
        "street": "Storgatan 1", "postcode": "111 33", "city": "Stockholm", "country": "SE", "custom-po-number": "PO-7"}
    assert link.prefill_locks == ["name", "custom-po-number", "address"]
    assert (link.allows_discount_codes, link.price_mode, link.language) == (True, "current", "en_SE")
    assert (link.crm_account_id, link.crm_contact_id, link.link_metadata) == (
        "0011t00000AbCdEAAV", "C-1", {"campaign": "spring 🪑"})
    assert (link.after_url, link.after_message) == ("https://shop.example/thanks?order={order}&c={CHECKOUT_ID}", "")
    page = maria.get(f"/links/{link.number}")
    assert isinstance(page, Answer)
    told = page.words("#link-facts")
    for words in ("Discount codes May be typed", "Follow Retail SEK; special prices stay",
                  "Name, filled in Anna S. (fixed)", "Order number, filled in PO-7 (fixed)",
                  "E-mail, filled in anna@example.com",
                  "Storgatan 1, 111 33, Stockholm, SE (fixed)", "English (Sweden)", "CRM account 0011t00000AbCdEAAV",
                  "CRM contact C-1",
                  "campaign spring 🪑", "https://shop.example/thanks?order={order}&c={CHECKOUT_ID}"):
        assert words in told, words
    assert "anna@example.com (fixed)" not in told


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
        assert linking.values(answer, "label", "more") == ["Mine", "open"]
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
    ({"crm_account_id": "x" * 41},
     "Enter a Salesforce account id: 15 or 18 letters and digits, beginning with 001"),
    ({"crm_account_id": "0011t00000AbCdEAAA"},
     "The last three characters don't fit the others. Copy the id again"),
    ({"crm_contact_id": "x" * 41}, "Enter an id with at most 40 characters"),
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
    assert linking.values(answer, "label") == ["Mine"]
    assert session.scalars(select(CheckoutLink)).all() == []


def test_choices_are_kept_while_another_one_is_made(maria: Client, annas: Selection) -> None:
    """What *Nothing* rules out is not lost: it is there again when the choice goes back."""
    answer = linking.create(
        maria, linking.dialog(maria, annas), changes="nothing", max_per_line="7", preselected="2", after="thanks",
        after_url="https://kept.example/", after_message="Kept", label="x" * 201)
    assert linking.values(answer, "max_per_line", "after_url") == ["7", "https://kept.example/"]
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
    evil, annas.site.crm = "<script>alert(1)</script>", "other"
    made = linking.create(maria, linking.dialog(maria, annas), **{
        "prefill-name": evil, "metadata_key": [evil], "metadata_value": [evil], "after": "message",
        "after_message": evil, "crm_account_id": evil})
    assert made.status_code == 200
    page = maria.get(f"/links/{linking.only_link(session).number}")
    assert isinstance(page, Answer)
    assert page.words("#link-facts").count(evil) == 5
    assert page.page.select("#link-facts script") == []
    assert building.page(maria, annas).status_code == 200
