"""Which language a public page speaks: what this browser chose, else the agent, else the market's, else the site's."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import translation
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

Link = Callable[..., Linked]


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text is said as the language's code and the text."""
    monkeypatch.setattr(translation, "_said", lambda text: f"{translation.language()} {text}"
                        if translation.language() != "en" else text)


@pytest.fixture
def link(session: Session, shop: Shop) -> Link:
    """A link of a site that speaks English, German and Arabic."""
    shop.site.languages = "en de ar"
    return lambda **terms: make.link(session, make.selection(session, shop, {shop.bag: 1}), **terms)


def spoken(answer: Answer) -> tuple[str, str]:
    """Language and direction of a page."""
    html = answer.one("html")
    return str(html["lang"]), str(html["dir"])


def test_the_agents_choice_is_spoken_where_the_site_speaks_it(client: Client, link: Link) -> None:
    assert spoken(client.get(link(language="de").path)) == ("de", "ltr")
    assert spoken(client.get(link(language="ar").path)) == ("ar", "rtl")
    assert spoken(client.get(link(language="ja").path)) == ("en", "ltr")


def test_without_a_choice_it_is_the_markets_language(client: Client, session: Session, shop: Shop, link: Link) -> None:
    assert spoken(client.get(link().path)) == ("en", "ltr"), "the site speaks no Swedish"
    shop.site.languages = "de sv"
    session.flush()
    assert spoken(client.get(link().path)) == ("sv", "ltr")


def test_a_customer_chooses_another_one_and_keeps_it(client: Client, link: Link) -> None:
    path = link(language="de").path
    shown = client.get(path)
    others = [(str(one["lang"]), one.get_text(), str(one["href"])) for one in shown.page.select(".public-languages a")]
    assert others == [("en", "English", f"{path}?locale=en"), ("ar", "العربية", f"{path}?locale=ar")]
    chosen = client.get(f"{path}?all=1&locale=ar-EG")
    assert spoken(chosen) == ("ar", "rtl")
    assert str(chosen.page.select(".public-languages a")[0]["href"]) == f"{path}?all=1&locale=en"
    assert spoken(client.get(path)) == ("ar", "rtl")
    assert spoken(client.get("/selection/nobody/nothing")) == ("ar", "rtl"), "pages about no link too"


@pytest.mark.parametrize("wanted", ["tlh", "", "en\r\nX: y", "sv-SE"])
def test_a_language_that_is_not_spoken_changes_nothing(client: Client, link: Link, wanted: str) -> None:
    path = link(language="de").path
    assert spoken(client.get(path, query_string={"locale": wanted})) == ("de", "ltr")
    assert spoken(client.get(path)) == ("de", "ltr")


def test_a_site_with_one_language_offers_no_other(client: Client, session: Session, shop: Shop) -> None:
    shown = client.get(make.link(session, make.selection(session, shop, {shop.bag: 1})).path)
    assert not shown.page.select(".public-languages")


def test_what_is_wrong_with_a_form_is_said_in_the_language_of_its_page(client: Client, link: Link) -> None:
    path = link(language="de").path
    client.submit(client.get(path), "#offer-form")
    wrong = client.submit(client.get(f"{path}/details"), "#details-form", email="anna@")
    assert wrong.status_code == 422
    assert wrong.words("#field-email-error").startswith("de ")
    assert str(wrong.page.select(".public-languages a")[0]["href"]) == f"{path}?locale=en"


def test_a_mistake_on_one_of_several_seats_keeps_its_capital_outside_english(
        client: Client, session: Session, shop: Shop) -> None:
    shop.site.languages = "en de"
    course = make.training(session, "Wood care", at=shop.warehouse, seats=9, prices={shop.pricelist: 250_000})
    path = make.link(session, make.selection(session, shop, {course: 2}, for_anyone=True), language="de").path
    client.submit(client.get(path), "#offer-form")
    typed = {"email": "anna@example.com", "name": "Anna", "learner-1-1-name": "Bo"}
    wrong = client.submit(client.get(f"{path}/details"), "#details-form", **typed)
    assert wrong.words("#error-summary li") == "de de Seat 2: de Enter the name of who takes this seat"
    wrong = client.submit(client.get(f"{path}/details", query_string={"locale": "en"}), "#details-form", **typed)
    assert wrong.words("#error-summary li") == "Seat 2: enter the name of who takes this seat"


def test_pages_about_no_link_follow_the_browser(client: Client, session: Session, shop: Shop) -> None:
    shop.site.languages = "en de"
    session.commit()
    answer = client.get("/selection/nobody/nothing", headers={"Accept-Language": "fr, de;q=0.8"})
    assert spoken(answer) == ("de", "ltr")


def test_pages_about_no_site_follow_the_browser(client: Client, linked: Linked, enter: Enter) -> None:
    wanted = {"Accept-Language": "fr, ar;q=0.8"}
    provider = enter(linked).pay().request.path
    assert spoken(client.get(provider, headers=wanted)) == ("ar", "rtl")
    lost = client.get("/legal/nobody/terms", headers=wanted)
    assert (lost.status_code, spoken(lost), lost.words("h1")) == (404, ("ar", "rtl"), "ar We can't find this page")
