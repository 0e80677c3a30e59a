"""The Link dialog: what it starts with, what it promises, what it makes, and what it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import building
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """It is noon before anybody signs in."""
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))


def dialog(client: Client, selection: Selection, *, htmx: bool = True) -> Answer:
    """The dialog as it opens."""
    answer = client.get(f"/selections/{selection.number}/link", htmx=htmx)
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def create(client: Client, shown: Answer, **typed: Any) -> Answer:
    """Press Create and copy link, with `typed` changed in what is shown."""
    answer = client.submit(shown, "#link-form", htmx=True, **typed)
    assert isinstance(answer, Answer)
    return answer


def preview(client: Client, selection: Selection, shown: Answer, **typed: Any) -> Answer:
    """Change something in what is shown, without creating."""
    form = shown.one("#link-form")
    form["action"] = f"/selections/{selection.number}/link/preview"
    answer = client.submit(shown, "#link-form", htmx=True, **typed)
    assert isinstance(answer, Answer)
    return answer


def only_link(session: Session) -> CheckoutLink:
    """The one link there is."""
    return session.scalars(select(CheckoutLink)).one()


def chosen(answer: Answer, name: str) -> list[str]:
    """The values ticked or chosen under `name`."""
    return [str(field["value"]) for field in answer.page.select(f"[name={name}][checked]")]


def test_it_opens_with_defaults_that_are_always_valid(maria: Client, draft: Selection) -> None:
    shown = dialog(maria, draft)
    assert shown.words("#dialog-about") == "3 items · SEK 2,769.00 · Sweden, Retail SEK · for Anna Svensson"
    assert [chosen(shown, name) for name in ("changes", "until", "paid")] == [["nothing"], ["30"], ["once"]]
    assert chosen(shown, "ignores_shipping") == chosen(shown, "ignores_tax") == []
    assert shown.one("#field-label")["value"] == "Anna Svensson – Oak chair, natural"
    assert shown.words("#promise") == (
        "Anna Svensson can buy exactly these 3 items for SEK 2,769.00 , once, until 21 Dec 2026. "
        "Prices stay as they are now. Shipping and tax are included.")


def test_it_is_a_page_where_no_script_runs(maria: Client, draft: Selection) -> None:
    page = dialog(maria, draft, htmx=False)
    assert page.words("h1") == "Create a checkout link"
    assert page.page.select("dialog") == page.page.select("main [hx-post$='/link']") == []


def test_pick_one_is_offered_from_two_lines_on(maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    values = [str(card["value"]) for card in dialog(maria, draft).page.select("[name=changes]")]
    assert values == ["nothing", "more", "pick_one"]
    single = make.selection(session, shop, {shop.bag: 2})
    assert [str(card["value"]) for card in dialog(maria, single).page.select("[name=changes]")] == ["nothing", "more"]


def test_creating_makes_the_link_and_shows_its_address(
        maria: Client, app: Flask, session: Session, draft: Selection) -> None:
    answer = create(maria, dialog(maria, draft))
    link = only_link(session)
    assert answer.status_code == 200
    assert answer.words("h2") == f"Link {link.number} is ready"
    assert answer.one("h2")["data-copied-title"] == f"Link {link.number} is ready and copied"
    url = str(answer.one("#link-url")["value"])
    assert url.startswith(f"{app.config['PUBLIC_BASE_URL']}/selection/{link.addresses[0].public_id}/"
                          if "addresses" in link.__dict__ else app.config["PUBLIC_BASE_URL"])
    assert maria.get(url).status_code == 200
    assert f"{link.number} is live" in answer.words("#selection-strip")
    assert answer.words("#selection-status") == "Linked"


def test_without_htmx_the_ready_link_is_a_page_that_can_be_reloaded(
        maria: Client, session: Session, draft: Selection) -> None:
    answer = maria.submit(dialog(maria, draft, htmx=False), "#link-form")
    link = only_link(session)
    assert (answer.status_code, answer.location) == (303, f"/selections/{draft.number}/link?made={link.number}")
    for _ in range(2):
        page = maria.get(answer.location)
        assert isinstance(page, Answer)
        assert page.words("h1") == f"Link {link.number} is ready"
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_the_same_form_sent_twice_makes_one_link(maria: Client, session: Session, draft: Selection) -> None:
    shown = dialog(maria, draft)
    first, second = create(maria, shown), create(maria, shown)
    assert first.one("#link-url")["value"] == second.one("#link-url")["value"]
    assert session.scalar(select(func.count()).select_from(CheckoutLink)) == 1


def test_a_form_key_of_another_selection_shows_nobodys_link(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    shown = dialog(maria, draft)
    create(maria, shown)
    other = dialog(maria, make.selection(session, shop, {shop.bag: 1}))
    answer = create(maria, other, request_key=str(shown.one("[name=request_key]")["value"]))
    assert answer.status_code == 404


TERMS: list[tuple[dict[str, Any], str]] = [
    ({"changes": "more"}, "Anna Svensson can change quantities. The total starts at SEK 2,769.00"),
    ({"changes": "more", "max_per_line": "5"}, "At most 5 per line."),
    ({"changes": "pick_one"}, "Anna Svensson picks one of 2 products, from SEK 369.00 to SEK 2,459.00"),
    ({"ignores_shipping": "1"}, "Shipping is not charged."),
    ({"ignores_tax": "1", "ignores_tax_reason": "Export"}, "Tax is not charged."),
    ({"until": "7"}, "until 28 Nov 2026"),
    ({"until": "none"}, "with no end"),
    ({"until": "date", "starts_on": "2026-12-01T08:00", "ends_on": "2026-12-24T18:00"},
     "from 1 Dec 2026, until 24 Dec 2026"),
    ({"paid": "once", "lets_openers_finish": "1"}, "After the first payment the link closes"),
    ({"paid": "many", "times": "12"}, "It can be paid up to 12 times. Each payment becomes its own order."),
    ({"paid": "any"}, "It can be paid any number of times."),
]


@pytest.mark.parametrize(("typed", "said"), TERMS)
def test_the_promise_says_what_will_be_stored(
        maria: Client, session: Session, draft: Selection, typed: dict[str, Any], said: str) -> None:
    shown = dialog(maria, draft)
    promised = preview(maria, draft, shown, **typed)
    assert promised.status_code == 200
    assert said.replace(" ", "") in promised.words("#promise").replace(" ", "")
    made = create(maria, dialog(maria, draft), **typed)
    assert made.words("#promise") == promised.words("#promise")


def test_what_is_typed_is_what_is_stored(maria: Client, session: Session, draft: Selection) -> None:
    create(maria, dialog(maria, draft), changes="more", max_per_line="5", ignores_shipping="1", until="date",
           starts_on="2026-12-01T08:00", ends_on="2026-12-24T18:00", paid="many", times="12", label="Spring 🪑")
    link = only_link(session)
    assert (link.changes, link.may_change_quantities, link.may_add_products, link.max_per_line) == (
        "more", True, False, 5)
    assert (link.policy, link.max_orders, link.ignores_shipping, link.ignores_tax) == ("reusable", 12, True, False)
    assert (link.starts_at, link.expires_at) == (
        datetime(2026, 12, 1, 7, tzinfo=UTC), datetime(2026, 12, 24, 17, tzinfo=UTC))
    assert (link.label, link.agent_id, link.customer_id) == ("Spring 🪑", draft.agent_id, draft.customer_id)


def test_the_last_minute_of_the_day_is_the_sites(maria: Client, session: Session, draft: Selection,
                                                clock: Clock) -> None:
    clock.set(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    create(maria, dialog(maria, draft), until="7")
    assert only_link(session).expires_at == datetime(2026, 11, 29, 22, 59, tzinfo=UTC)


def test_the_preview_moves_the_total_in_the_head_too(maria: Client, draft: Selection) -> None:
    answer = preview(maria, draft, dialog(maria, draft), ignores_shipping="1")
    assert answer.words("#dialog-total") == "SEK 2,710.00"
    assert answer.one("hx-partial")["hx-target"] == "#dialog-total"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"changes": "more", "max_per_line": "0"}, "Enter a quantity from 1 to 10000"),
    ({"changes": "more", "max_per_line": "1"}, "The most per line must be at least what the selection holds"),
    ({"changes": "more", "max_per_line": "1.5"}, "Enter a whole number"),
    ({"changes": "everything"}, "Choose what the customer can change"),
    ({"ignores_tax": "1", "ignores_tax_reason": " "}, "Give a reason for not charging tax"),
    ({"until": "date", "ends_on": ""}, "Enter a date and time like 2026-12-21 23:59"),
    ({"until": "date", "ends_on": "2020-01-01T00:00"}, "The end must be in the future"),
    ({"until": "date", "starts_on": "2031-01-01T00:00", "ends_on": "2030-01-01T00:00"},
     "The end must be after the start"),
    ({"until": "99999"}, "Choose how long the link works"),
    ({"paid": "many", "times": "0"}, "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"paid": "many", "times": ""}, "Enter how many times it can be paid: a whole number from 1 to 1000000"),
    ({"paid": "never"}, "Choose how often the link can be paid"),
    ({"label": "x" * 201}, "Enter a name with at most 200 characters"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_wrong_terms_say_what_to_enter_and_keep_everything(
        maria: Client, session: Session, draft: Selection, typed: dict[str, Any], said: str) -> None:
    answer = create(maria, dialog(maria, draft), **{"label": "My name for it", **typed})
    assert answer.status_code == 422
    assert answer.words(".error-summary") == f"There is a problem {said}"
    assert answer.page.select(f"#{str(answer.one('.error-summary a')['href'])[1:]}") != []
    assert answer.one("#field-label")["value"] == typed.get("label", "My name for it")
    for name in {"max_per_line", "ignores_tax_reason", "starts_on", "ends_on", "times"} & typed.keys():
        assert answer.one(f"[name={name}]")["value"] == typed[name]
    assert preview(maria, draft, dialog(maria, draft), **typed).words("#promise") == said
    assert session.scalars(select(CheckoutLink)).all() == []


def test_the_last_choices_are_remembered_and_the_date_is_not(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    create(maria, dialog(maria, draft), changes="pick_one", until="none", paid="many", times="3")
    again = dialog(maria, make.selection(session, shop, {shop.bag: 1, shop.chair: 1}))
    assert [chosen(again, name) for name in ("changes", "until", "paid")] == [["pick_one"], ["none"], ["many"]]
    assert again.one("#field-times")["value"] == "3"
    single = dialog(maria, make.selection(session, shop, {shop.bag: 1}))
    assert chosen(single, "changes") == ["nothing"]
    ends_on = (portal_clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    create(maria, single, until="date", ends_on=ends_on)
    assert chosen(dialog(maria, draft), "until") == ["30"]


def test_what_the_site_does_not_allow_is_not_offered(maria: Client, shop: Shop, draft: Selection) -> None:
    shop.site.allows_endless_links, shop.site.max_link_days, shop.site.link_days = False, 14, 10
    shown = dialog(maria, draft)
    assert [str(field["value"]) for field in shown.page.select("[name=until]")] == ["7", "10", "date"]
    assert create(maria, shown, until="none").words("#field-ends_on-error") == (
        "Choose an end: this site has no links without one")


def test_what_a_role_may_not_is_neither_offered_nor_done(
        client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    role = make.role(session, "agent")
    role.grants = [grant for grant in role.grants
                   if grant.permission not in ("link.ignore_shipping", "link.ignore_tax", "link.multi_use")]
    client.sign_in(shop.agent.email)
    shown = dialog(client, draft)
    assert shown.page.select("[name^=ignores]") == []
    assert [str(field["value"]) for field in shown.page.select("[name=paid]")] == ["once"]
    for typed in ({"ignores_shipping": "1"}, {"ignores_tax": "1", "ignores_tax_reason": "x"}, {"paid": "any"}):
        assert create(client, shown, **typed).status_code == 403


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_selection_cannot_be_linked(maria: Client, session: Session, shop: Shop, htmx: bool) -> None:
    selection = make.selection(session, shop)
    for answer in (dialog(maria, selection, htmx=htmx), building.post(maria, selection, "link", htmx=htmx)):
        assert answer.words(".dialog-title") == "1 thing to fix before you can create the link"
        assert answer.words("#link-checks span") == "The selection is empty. Add a product first."
        assert answer.page.select("#link-form") == []
    assert answer.status_code == 422


def test_everything_in_the_way_is_listed_with_where_to_fix_it(
        maria: Client, session: Session, shop: Shop) -> None:
    lamp = make.product(session, "Oak lamp", prices={}, stock={shop.warehouse: 5})
    stool = make.product(session, "Oak stool", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                         unpublished_at=datetime(2026, 3, 12, tzinfo=UTC))
    selection = make.selection(session, shop, {lamp: 1, stool: 1, shop.cap: 2})
    shown = dialog(maria, selection)
    assert shown.words(".dialog-title") == "3 things to fix before you can create the link"
    texts = [" ".join(row.select_one("span").get_text().split()) for row in shown.page.select("#link-checks li")]
    assert texts[0] == "Oak lamp: No price in Retail SEK. Give a special price or remove the line."
    assert texts[1].startswith("Oak stool: No longer sold since 12 Mar")
    assert texts[2] == "Wool cap: You asked for 2, 1 in stock in Sweden."
    page = building.page(maria, selection)
    for link in shown.page.select("#link-checks a"):
        path, anchor = str(link["href"]).split("#")
        assert path == f"/selections/{selection.number}"
        assert page.one(f"#{anchor}").name == "tr"


def test_the_qr_code_is_the_address(maria: Client, session: Session, draft: Selection) -> None:
    ready = create(maria, dialog(maria, draft))
    code = ready.one(".qr-code svg")
    assert [element for element in ready.page.select(".qr *") if element.has_attr("style")] == []
    assert _read(code) == ready.one("#link-url")["value"]
    download = maria.get(str(ready.one(".qr a")["href"]))
    assert (download.status_code, download.mimetype) == (200, "image/svg+xml")
    assert download.headers["Content-Disposition"] == f'attachment; filename="{only_link(session).number}.svg"'


def _read(svg: Any) -> str:
    """What a phone reads from an SVG of one path of horizontal runs, as segno draws them."""
    size = int(float(svg["viewbox" if svg.has_attr("viewbox") else "viewBox"].split()[2]))
    picture = Image.new("L", (size * 4, size * 4), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for kind, numbers in _steps(str(svg.select("path")[-1]["d"])):
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
    ready = create(maria, dialog(maria, draft))
    leads = {link.get_text(strip=True): link for link in ready.page.select("a.button")}
    assert set(leads) == {"Send to Anna by e-mail", "Preview as Anna", "Done"}
    preview_page = maria.get(str(leads["Preview as Anna"]["href"]))
    assert isinstance(preview_page, Answer)
    assert preview_page.words("#preview") == "Preview — payments are off and nothing is counted."
    composer = maria.get(str(leads["Send to Anna by e-mail"]["href"]), htmx=True)
    assert isinstance(composer, Answer)
    assert composer.one("#link-sending [name=to]")["value"] == "anna@example.com"


def test_a_copy_is_noted(maria: Client, session: Session, draft: Selection) -> None:
    ready = create(maria, dialog(maria, draft))
    places = {str(place["hx-post"]) for place in ready.page.select("[hx-post$='/copies']")}
    assert places == {f"/links/{only_link(session).number}/copies"}
    assert maria.post(places.pop(), htmx=True).status_code < 300


def test_creating_takes_few_statements_whatever_it_holds(
        maria: Client, session: Session, shop: Shop, statements: Counting) -> None:
    selection = make.selection(session, shop)
    for index in range(40):
        make.line(session, selection, make.product(session, f"Cup {index}", prices={shop.pricelist: 100},
                                                   stock={shop.warehouse: 5}))
    shown = dialog(maria, selection)
    with statements(at_most=25):
        assert create(maria, shown).status_code == 200


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "link"), ("POST", "link"), ("POST", "link/preview"), ("GET", "link?made=L-2001")])
def test_a_colleagues_selection_has_no_dialog(
        client: Client, session: Session, shop: Shop, draft: Selection, method: str, path: str) -> None:
    client.sign_in(make.staff(session, "Ben Okoro", site=shop.site).email)
    assert client.open(f"/selections/{draft.number}/{path}", method=method).status_code == 404


def test_a_link_of_another_selection_is_not_shown_as_made_here(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    create(maria, dialog(maria, draft))
    other = make.selection(session, shop, {shop.bag: 1})
    assert maria.get(f"/selections/{other.number}/link?made={only_link(session).number}").status_code == 404


def test_a_reader_has_no_dialog(client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    client.sign_in(make.staff(session, "Aud Itor", site=shop.site, role="auditor").email)
    assert client.get(f"/selections/{draft.number}/link").status_code == 403
