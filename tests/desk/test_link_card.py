"""A link on paper and in a chat: files of its QR code, a card, and a short text."""

import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy.orm import Session

from sales_portal.links import service as links
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop


@pytest.fixture
def made(session: Session, shop: Shop) -> Linked:
    """A link of Maria's for Anna, until just before Christmas."""
    shop.agent.phone = "+46 70 123 45 67"
    return make.link(session, make.selection(session, shop, {shop.chair: 1}),
                     expires_at=datetime(2099, 12, 21, 22, 59, tzinfo=UTC))


def test_the_png_is_read_as_the_address_and_has_a_quiet_zone(maria: Client, made: Linked) -> None:
    """B23: decodes to the URL, quiet zone of at least 4 modules."""
    answer = maria.get(f"/links/{made.link.number}/qr.png")
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.link.number}.png"'
    picture = Image.open(io.BytesIO(answer.data)).convert("L")
    assert zxingcpp.read_barcodes(picture)[0].text == maria.home + made.path
    dark = picture.point(lambda light: 255 - light).getbbox()
    module = 12
    assert dark is not None
    assert min(dark[0], dark[1], picture.width - dark[2], picture.height - dark[3]) >= 4 * module


def test_the_card_says_whose_it_is_where_and_until_when_in_words(maria: Client, made: Linked) -> None:
    """Brief §4.10, mission §3 row 20."""
    card = maria.get(f"/links/{made.link.number}/card")
    words = card.words("#card")
    for part in ("Nordic Home", "Maria picked these for you", maria.home + made.path,
                 "Valid until Monday, 21 December 2099", "Maria Lind", "+46 70 123 45 67"):
        assert part in words
    assert maria.get(str(card.one("#card img")["src"])).mimetype == "image/svg+xml"


def test_a_dead_link_has_no_card(maria: Client, session: Session, made: Linked) -> None:
    links.revoke_link(session, made.link, "", by=made.link.agent.actor)
    answer = maria.get(f"/links/{made.link.number}/card")
    assert answer.status_code == 409
    assert made.token not in answer.get_data(as_text=True)


def test_the_link_page_hands_it_over_in_every_way(maria: Client, made: Linked) -> None:
    """B23, P-13, P-16: the durable link, never a visit's address."""
    page = maria.get(f"/links/{made.link.number}")
    url = maria.home + made.path
    assert page.words("#link-short-text") == \
        f"Hi Anna, here is your selection: {url} (valid until 21 Dec 2099). /Maria"
    assert page.one("[data-copy='#link-short-text']").get_text(" ", strip=True).startswith("Copy for WhatsApp/SMS")
    assert page.one("[data-share]")["data-share-url"] == url
    assert page.one("[data-share]").has_attr("hidden")
    assert [link["href"] for link in page.page.select("#link-handing-over a")] == [
        f"/links/{made.link.number}/{end}" for end in ("qr.svg", "qr.png", "card")]
    (preview,) = page.page.select("#link-address a[href$='?preview=1']")
    assert "Preview — payments are off" in maria.get(str(preview["href"])).words("#preview")
