"""The link that is ready: its address, code and next steps, and that two presses make one."""

import threading
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.messaging.models import Delivery
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Answer, Client, values_of
from tests.harness.statements import Counting
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")


def test_creating_makes_the_link_and_shows_its_address(
        maria: Client, app: Flask, session: Session, draft: Selection) -> None:
    """C-17: the system gives the link and sends nothing by itself."""
    answer = linking.create(maria, linking.dialog(maria, draft))
    link = linking.only_link(session)
    assert answer.status_code == 200
    assert answer.words("h2") == f"Link {link.number} is ready"
    assert answer.one("h2")["data-copied-title"] == f"Link {link.number} is ready and copied"
    url = str(answer.one("#link-url")["value"])
    public_id = session.scalars(select(LinkAddress.public_id)).one()
    assert url.startswith(f"{app.config['PUBLIC_BASE_URL']}/selection/{public_id}/")
    assert maria.get(url).status_code == 200
    assert f"{link.number} is live" in answer.words("#selection-strip")
    assert answer.words("#selection-status") == "Linked"
    assert session.scalars(select(Delivery)).all() == []


def test_without_htmx_the_ready_link_is_a_page_that_can_be_reloaded(
        maria: Client, session: Session, draft: Selection) -> None:
    answer = maria.submit(linking.dialog(maria, draft, htmx=False), "#link-form")
    link = linking.only_link(session)
    assert (answer.status_code, answer.location) == (303, f"/selections/{draft.number}/link?made={link.number}")
    for _ in range(2):
        page = maria.get(answer.location)
        assert isinstance(page, Answer)
        assert page.words("h1") == f"Link {link.number} is ready"
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_the_same_form_sent_twice_makes_one_link(maria: Client, session: Session, draft: Selection) -> None:
    shown = linking.dialog(maria, draft)
    first, second = linking.create(maria, shown), linking.create(maria, shown)
    assert first.one("#link-url")["value"] == second.one("#link-url")["value"]
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_two_presses_at_the_same_moment_make_one_link(
        maria: Client, app: Flask, session: Session, draft: Selection) -> None:
    shown = linking.dialog(maria, draft)
    form, path = values_of(shown.one("#link-form")), str(shown.one("#link-form")["action"])
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in maria._cookies.values())
    barrier, urls = threading.Barrier(4), []

    def press() -> None:
        barrier.wait(60)
        answer = FlaskClient(app, Answer, use_cookies=False).post(
            path, data=form, base_url=maria.home, headers={"Cookie": cookies, "HX-Request": "true"})
        urls.append(answer.one("#link-url")["value"])

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(urls) == 4
    assert len(set(urls)) == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_a_form_key_of_another_selection_shows_nobodys_link(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    shown = linking.dialog(maria, draft)
    linking.create(maria, shown)
    other = linking.dialog(maria, make.selection(session, shop, {shop.bag: 1}))
    answer = linking.create(maria, other, request_key=str(shown.one("[name=request_key]")["value"]))
    assert answer.status_code == 404


def test_the_qr_code_is_the_address(maria: Client, session: Session, draft: Selection) -> None:
    ready = linking.create(maria, linking.dialog(maria, draft))
    code, download = (maria.get(str(ready.one(at)[to])) for at, to in (
        (".qr img", "src"), (".qr a[href$='.svg']", "href")))
    assert [answer.mimetype for answer in (code, download)] == ["image/svg+xml"] * 2
    assert _read(code.data) == ready.one("#link-url")["value"]
    assert download.data == code.data
    assert download.headers["Content-Disposition"] == f'attachment; filename="{linking.only_link(session).number}.svg"'


def _read(svg: bytes) -> str:
    """What a phone reads from an SVG of one path of horizontal runs, as segno draws them at eight to one."""
    drawn = ET.fromstring(svg)  # noqa: S314 - drawn by the portal a moment ago
    size = int(drawn.attrib["width"]) // 8
    picture = Image.new("L", (size * 4, size * 4), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for kind, numbers in _steps(drawn[0][-1].attrib["d"]):
        if kind == "M":
            x, y = numbers
        elif kind == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            pen.rectangle((x * 4, (y - 0.5) * 4, (x + numbers[0]) * 4 - 1, (y + 0.5) * 4 - 1), fill=0)
            x += numbers[0]
    return zxingcpp.read_barcodes(picture)[0].text


def _steps(path: str) -> list[tuple[str, list[float]]]:
    spaced = "".join(f" {letter} " if letter.isalpha() else letter for letter in path).replace("-", " -")
    steps: list[tuple[str, list[float]]] = []
    for word in spaced.replace(",", " ").split():
        if word.isalpha():
            steps.append((word, []))
        else:
            steps[-1][1].append(float(word))
    return steps


def test_the_ready_link_can_be_sent_previewed_and_left(maria: Client, draft: Selection) -> None:
    """C-17."""
    ready = linking.create(maria, linking.dialog(maria, draft))
    leads = {link.get_text(strip=True): link for link in ready.page.select("a.button")}
    assert set(leads) == {"Send to Anna by e-mail", "Preview as Anna", "Done"}
    preview_page = maria.get(str(leads["Preview as Anna"]["href"]))
    assert isinstance(preview_page, Answer)
    assert preview_page.words("#preview") == "Preview — payments are off and nothing is counted."
    composer = maria.get(str(leads["Send to Anna by e-mail"]["href"]), htmx=True)
    assert isinstance(composer, Answer)
    assert composer.one("#link-sending [name=to]")["value"] == "anna@example.com"


def test_a_copy_is_noted(maria: Client, session: Session, draft: Selection) -> None:
    ready = linking.create(maria, linking.dialog(maria, draft))
    places = {str(place["hx-post"]) for place in ready.page.select("[hx-post$='/copies']")}
    assert places == {f"/links/{linking.only_link(session).number}/copies"}
    assert maria.post(places.pop(), htmx=True).status_code < 300


def test_creating_takes_few_statements_whatever_it_holds(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    selection = make.selection(session, shop)
    for index in range(40):
        make.line(session, selection, make.product(session, f"Cup {index}", prices={shop.pricelist: 100},
                                                   stock={shop.warehouse: 5}))
    shown = linking.dialog(maria, selection)
    with statements(at_most=25):
        assert linking.create(maria, shown).status_code == 200


def test_a_link_of_another_selection_is_not_shown_as_made_here(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    linking.create(maria, linking.dialog(maria, draft))
    other = make.selection(session, shop, {shop.bag: 1})
    assert maria.get(f"/selections/{other.number}/link?made={linking.only_link(session).number}").status_code == 404
