"""Review checkout: the page as the customer will see it, and each check with the way to the field that settles it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from sales_portal.web import previews
from tests import make
from tests.desk import building
from tests.desk.asking import cheap, erik
from tests.harness.app import Answer, Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")

__all__ = ["cheap", "erik"]


def review(client: Client, selection: Selection) -> Answer:
    """The page."""
    answer = client.get(f"/selections/{selection.number}/checkout")
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def checks(answer: Answer) -> list[tuple[str, str]]:
    """State and words of each check."""
    return [(str(row["class"][1]).removeprefix("check-"), " ".join(row.select_one("span").get_text().split()))
            for row in answer.page.select("#review-checks li")]


def preview(client: Client, answer: Answer) -> Answer:
    """What the frame shows."""
    shown = client.get(str(answer.one("iframe")["src"]))
    assert isinstance(shown, Answer)
    return shown


def test_the_builder_leads_to_it(maria: Client, draft: Selection) -> None:
    """C-12."""
    link = building.page(maria, draft).one("#review-link")
    assert (link.get_text(), link["href"]) == ("Review what Anna will see", f"/selections/{draft.number}/checkout")


def test_the_link_button_inside_it_opens_the_dialog(maria: Client, draft: Selection) -> None:
    """C-13."""
    button = review(maria, draft).one("#link-button")
    assert (button["href"], button["hx-get"], button["hx-target"]) == (
        f"/selections/{draft.number}/link", f"/selections/{draft.number}/link", "#dialog")
    assert maria.get(str(button["href"]), htmx=True).one("#link-dialog")


def test_the_preview_speaks_to_its_customer_whatever_this_browser_chose(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    shop.site.languages = "en de sv"
    session.commit()
    maria.get("/selection/nobody/nothing?locale=de")
    assert preview(maria, review(maria, draft)).one("html")["lang"] == "sv"


def test_everything_that_is_fine_is_said(maria: Client, draft: Selection) -> None:
    assert checks(review(maria, draft)) == [
        ("ok", "Everything is for sale."), ("ok", "Every line has a price."), ("ok", "Everything is in stock."),
        ("ok", "It can be shipped to Sweden."), ("ok", "The tax in Sweden is known."),
        ("warn", "Payments are in test mode: no money moves."),
        ("warn", "No mail server is set up: copy the link and send it yourself."), ("ok", "Nobody has to approve it.")]


def test_each_problem_leads_to_its_field_and_goes_when_it_is_solved(
        maria: Client, session: Session, shop: Shop) -> None:
    lamp = make.product(session, "Oak lamp", prices={}, stock={shop.warehouse: 5})
    selection = make.selection(session, shop, {lamp: 1, shop.cap: 2})
    answer, builder = review(maria, selection), building.page(maria, selection)
    problems = [text for state, text in checks(answer) if state == "block"]
    assert problems == ["Oak lamp: No price in Retail SEK. Give a special price or remove the line.",
                        "Wool cap: You asked for 2, 1 in stock in Sweden."]
    targets = [str(row.select_one("a")["href"]).split("#") for row in answer.page.select("#review-checks .check-block")]
    assert [builder.one(f"#{anchor}").name for _, anchor in targets] == ["a", "input"]
    assert {path for path, _ in targets} == {f"/selections/{selection.number}"}
    assert answer.one("#link-button")["aria-disabled"] == "true"
    building.post(maria, selection, f"lines/{building.line_of(maria, selection, 'Wool cap')}/quantity", quantity="1")
    building.post(maria, selection, f"lines/{building.line_of(maria, selection, 'Oak lamp')}/quantity", quantity="0")
    solved = review(maria, selection)
    assert [text for state, text in checks(solved) if state == "block"] == []
    assert solved.one("#link-button")["href"] == f"/selections/{selection.number}/link"


def test_the_frame_shows_the_public_page_and_stores_nothing(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    draft.customer_note = "As promised."
    make.line(session, draft, shop.cap, special_price=90000)
    events = len(session.scalars(select(Event)).all())
    shown = preview(maria, review(maria, draft))
    assert shown.status_code == 200
    assert shown.words("h1") == "Maria picked these for you"
    assert shown.words("#preview") == "Preview — payments are off and nothing is counted."
    for words in ("As promised.", "Oak chair, natural", "3 669,00", "a•••@example.com"):
        assert words in shown.words().replace("\u00a0", " ")
    assert session.scalars(select(CheckoutLink)).all() == session.scalars(select(CheckoutSession)).all() == []
    assert len(session.scalars(select(Event)).all()) == events


def test_only_these_pages_are_framed_and_frame(maria: Client, draft: Selection) -> None:
    answer = review(maria, draft)
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    shown = preview(maria, answer)
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.one("iframe")["sandbox"] == "allow-same-origin"
    # The builder frames the mail that its Link dialog sends.
    others = maria.get("/selections")
    assert "frame-src" not in others.headers["Content-Security-Policy"]
    assert others.headers["X-Frame-Options"] == "DENY"


def test_the_frame_is_for_staff_and_cannot_be_made_up(maria: Client, client: Client, draft: Selection) -> None:
    path = str(review(maria, draft).one("iframe")["src"])
    assert client.get(path).status_code == 404
    signed, _, signature = path.rpartition(".")
    # Not the last letter: some of its bits stand for nothing.
    assert maria.get(f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}").status_code == 404
    assert maria.get(f"/preview/{draft.id}").status_code == 404


@pytest.mark.parametrize(("ends_at", "told"), [
    (None, ("ok", "SUMMER10 holds as long as the link.")),
    (datetime(2026, 12, 1, 12, tzinfo=UTC), ("warn", "SUMMER10 ends on 1 Dec 2026, before the link."))])
def test_a_discount_must_hold_on_the_day_the_link_ends(
        maria: Client, session: Session, shop: Shop, ends_at: datetime | None, told: tuple[str, str]) -> None:
    summer = make.discount(session, code="SUMMER10", ends_at=ends_at)
    assert told in checks(review(maria, make.selection(session, shop, {shop.chair: 1}, discount=summer)))


def test_an_empty_selection_has_nothing_to_show(maria: Client, session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    answer = review(maria, selection)
    assert checks(answer) == [("block", "The selection is empty. Add a product first.")]
    assert answer.page.select("iframe") == []


def test_a_selection_without_goods_or_with_tax_waived_says_so(maria: Client, session: Session, shop: Shop) -> None:
    course = make.training(session, at=shop.warehouse, prices={shop.pricelist: 250_000})
    selection = make.selection(session, shop, {course: 1}, ignores_tax=True, ignores_tax_reason="Export")
    texts = [text for _, text in checks(review(maria, selection))]
    assert "Nothing has to be shipped." in texts
    assert "Tax is not charged." in texts


def test_a_token_names_one_selection(maria: Client, draft: Selection) -> None:
    with maria.application.test_request_context():
        assert previews.read(previews.token_of(draft.id)) == draft.id
        assert previews.read("x" + previews.token_of(draft.id)) is None


def test_what_needs_a_yes_names_who_may_give_it(maria: Client, cheap: Selection) -> None:
    told = checks(review(maria, cheap))
    assert told[-1] == ("warn", "1 thing needs a yes from Erik Holm.")
