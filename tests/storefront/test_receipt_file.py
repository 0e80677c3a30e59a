"""*Save PDF*: the receipt as a document to keep, for whoever may read it."""

import io
from collections.abc import Callable

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import translation
from sales_portal.links.addresses import Addresses
from sales_portal.orders import invoicing
from sales_portal.orders.models import Invoice, Order
from sales_portal.sites import service as sites
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop
from tests.storefront.undoing import SECRET, cancel, give_back
from tests.storefront.walking import Enter

Work = Callable[[], int]
HEAD = "Item Quantity Price each Amount"


def document(answer: Answer) -> pypdf.PdfReader:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    return pypdf.PdfReader(io.BytesIO(answer.data))


def words(answer: Answer) -> str:
    """What the whole document says, in one line."""
    pages = [page.extract_text() for page in document(answer).pages]
    return " ".join(" ".join(pages).translate({0x2068: "", 0x2069: ""}).split())


def tags(found: pypdf.PdfReader) -> set[str]:
    """The kinds of parts its structure names."""
    def walk(part: object) -> set[str]:
        part = part.get_object() if hasattr(part, "get_object") else part
        if isinstance(part, list):
            return set().union(*map(walk, part))
        if not isinstance(part, dict):
            return set()
        own = {str(part["/S"])} if "/S" in part else set()
        return own | (walk(part["/K"]) if "/K" in part else set())
    return walk(found.root_object["/StructTreeRoot"])


def test_it_says_what_the_receipt_says(session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.buy()
    order = session.scalars(select(Order)).one()
    assert shown.one("#save-pdf")["href"] == f"{linked.path}/receipt.pdf"
    answer = anna.look("/receipt.pdf")
    said = words(answer)
    for part in (f"Receipt {order.number}", f"Order {order.number},", HEAD, "Oak chair, natural 2 1 200,00 2 400,00",
                 "Incl. VAT 25 %", "733,80 kr", "You paid 3 669,00 kr", "Delivered to", "Anna Svensson", "Storgatan 1",
                 "111 22 Stockholm", "Sweden", "anna@example.com", "Sold by", shop.site.legal_name, "1 / 1"):
        assert part in said, part
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{order.number}.pdf"'
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_it_is_tagged_and_names_its_language_and_title(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    """C20."""
    anna = enter(linked)
    anna.buy()
    found = document(anna.look("/receipt.pdf"))
    root, number = found.root_object, session.scalars(select(Order)).one().number
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert found.metadata is not None
    assert found.metadata.title == f"Receipt {number} – {shop.site.name}"
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD"} <= tags(found)
    assert [round(float(side)) for side in found.pages[0].mediabox[2:]] == [595, 842]


def test_nobody_else_can_save_it(session: Session, linked: Linked, enter: Enter, client: Client) -> None:
    enter(linked).buy()
    stranger = client.get(f"{linked.path}/receipt.pdf")
    assert (stranger.status_code, stranger.data.startswith(b"%PDF")) == (303, False)
    session.rollback()
    path = Addresses("").receipt_url(session.scalars(select(Order)).one().receipt_token_sealed)
    assert client.get(f"{path}/receipt.pdf").location == path
    client.submit(client.get(path), "form")
    opened = client.get(path)
    assert opened.one("#save-pdf")["href"] == f"{path}/receipt.pdf"
    assert "Anna Svensson" in words(client.get(f"{path}/receipt.pdf"))
    assert client.get(f"/receipts/{'A' * 43}/receipt.pdf").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("ar", "ليلى حداد"), ("ja", "佐藤花子"), ("de", "Jörg Weiß")])
def test_it_is_written_in_the_customers_language(
        session: Session, shop: Shop, enter: Enter, language: str, name: str) -> None:
    shop.site.languages = f"{language} en"
    anna = enter(make.link(session, make.selection(session, shop, {shop.bag: 1}), language=language))
    anna.give_details(name=name)
    anna.buy()
    answer = anna.look("/receipt.pdf")
    found, said = document(answer), words(answer)
    assert found.root_object["/Lang"] == language
    if language != "de" and b"pdfuaid" not in found.root_object["/Metadata"].get_data():
        pytest.skip(f"no font for {language} on this machine: install fonts-noto-core and fonts-noto-cjk")
    assert b"pdfuaid" in found.root_object["/Metadata"].get_data()
    with translation.speaking(language):
        wanted = (translation._("Quantity"), translation._("Price each"), name)
    # What reads the document back may turn the words of a right-to-left line around.
    for word in " ".join(wanted).split():
        assert word in said, word
    places = {word: at for at, word in _placed(found)}
    first, last = (translation.catalog(language).gettext(word).split()[0] for word in ("Item", "Amount"))
    assert (places[first] > places[last]) is (language == "ar")


def _placed(found: pypdf.PdfReader) -> list[tuple[float, str]]:
    """Where each run of text of the first page begins, from the left."""
    placed: list[tuple[float, str]] = []
    found.pages[0].extract_text(visitor_text=lambda text, at, *_: placed.append((at[4], text.strip())))
    return placed


def test_a_long_order_goes_on_over_pages_with_its_head(session: Session, shop: Shop, enter: Enter) -> None:
    wanted = {make.product(session, f"Plate {number}", kind="service", prices={shop.pricelist: 10_000}): 1
              for number in range(100)}
    anna = enter(make.link(session, make.selection(session, shop, wanted)))
    anna.buy()
    pages = [" ".join(page.extract_text().split()) for page in document(anna.look("/receipt.pdf")).pages]
    assert 3 <= len(pages) <= 6
    with_items = [page for page in pages if "Plate" in page]
    assert all(HEAD in page for page in with_items)
    assert [page.count(f"{number} / {len(pages)}") for number, page in enumerate(pages, 1)] == [1] * len(pages)
    assert all(f"Plate {number} " in " ".join(pages) for number in range(100))


def test_refunds_stand_in_it(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work) -> None:
    anna = enter(linked)
    anna.buy()
    do_jobs()
    give_back(session, shop)
    do_jobs()
    said = words(anna.look("/receipt.pdf"))
    assert "669,00 kr went back to you on" in said
    assert "Of what you paid, 3 000,00 kr is left." in said
    assert SECRET not in said


def test_a_deposit_is_not_called_all_of_it(
        session: Session, shop: Shop, enter: Enter, do_jobs: Work) -> None:
    anna = enter(make.link(session, make.selection(session, shop, {shop.chair: 2}), deposit_amount=100_000))
    anna.buy()
    do_jobs()
    said = words(anna.look("/receipt.pdf"))
    assert "You paid 1 000,00 kr as a deposit; 1 459,00 kr is still to pay." in said
    assert "Total 2 459,00 kr" in said
    cancel(session, shop)
    do_jobs()
    said = words(anna.look("/receipt.pdf"))
    assert "1 000,00 kr went back to you on" in said
    assert "That is all you paid." in said
    assert "still to pay" not in said


def test_of_a_cancelled_order_it_says_what_comes_back(
        session: Session, shop: Shop, linked: Linked, enter: Enter, do_jobs: Work) -> None:
    anna = enter(linked)
    anna.buy()
    do_jobs()
    give_back(session, shop)
    do_jobs()
    cancel(session, shop)
    session.commit()
    for said in (words(anna.look("/receipt.pdf")), anna.look("/receipt").words("#refunds").replace("\xa0", " ")):
        assert "669,00 kr went back to you on" in said
        assert "What you paid goes back the way you paid it" in said
        assert "is left" not in said


def test_an_invoice_says_how_and_until_when_and_then_that_it_was_paid(
        session: Session, shop: Shop, enter: Enter) -> None:
    shop.site.payment_methods, shop.site.bank_details = "invoice", "IBAN SE35 5000\nBIC ESSESESS"
    anna = enter(make.link(session, make.selection(session, shop, {shop.bag: 1})))
    anna.give_details()
    assert anna.page is not None
    anna.submit(anna.page, "#pay-form")
    order = session.scalars(select(Order)).one()
    invoice = session.scalars(select(Invoice)).one()
    answer = anna.look("/receipt.pdf")
    said = words(answer)
    for part in (f"Invoice {invoice.number}", "please pay", "How to pay", "IBAN SE35 5000", "BIC ESSESESS", "You pay",
                 "Give the number of the invoice as the reference."):
        assert part in said, part
    assert answer.headers["Content-Disposition"] == f'attachment; filename="invoice-{invoice.number}.pdf"'
    invoicing.mark_paid(session, order.id, paid_on=invoice.issued_on, reference="OCR", by=shop.agent.actor)
    session.commit()
    paid = words(anna.look("/receipt.pdf"))
    assert "Paid on " in paid
    assert "How to pay" not in paid
    assert "You paid" in paid


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_sites_logo_is_drawn_and_a_broken_one_left_out(
        session: Session, linked: Linked, enter: Enter, is_broken: bool) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"><path d="M0 0h9v4z"/></svg>'
    sites.set_logo(session, linked.link.site, "light", b"\x89PNG\r\n\x1a\nbroken" if is_broken else drawing,
                   by=linked.link.agent.actor)
    session.commit()
    anna = enter(linked)
    anna.buy()
    found = document(anna.look("/receipt.pdf"))
    assert ("/Figure" in tags(found)) is not is_broken
    assert "Anna Svensson" in found.pages[0].extract_text()
