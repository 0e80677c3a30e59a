"""A person's own page, and the gallery of components."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from tests import make
from tests.harness.app import Client
from tests.make import Shop

SignedIn = Callable[[Staff], Client]


def test_the_page_tells_whom_the_portal_takes_one_for(maria: Client) -> None:
    words = maria.get("/profile").words("#profile-you")
    assert words == "You Name Maria Lind E-mail maria@demo.example Role Agent Site Nordic Home"


@pytest.mark.parametrize(("theme", "density"), [("dark", "compact"), ("light", "comfortable"), ("system", "compact")])
def test_theme_and_density_are_drawn_from_the_next_page_on(
        maria: Client, session: Session, shop: Shop, theme: str, density: str) -> None:
    answer = maria.submit(maria.get("/profile"), "#profile-look form", theme=theme, density=density)
    assert answer.headers["Location"] == "/profile"
    page = maria.get("/links").one("html")
    assert (page["data-theme"], page["data-density"]) == (theme, density)
    session.refresh(shop.agent)
    assert shop.agent.preferences["theme"] == theme


def test_the_theme_holds_before_the_next_log_in(maria: Client) -> None:
    maria.submit(maria.get("/profile"), "#profile-look form", theme="dark")
    maria.post("/logout")
    assert maria.get("/login").one("html")["data-theme"] == "dark"


def test_shortcuts_can_be_switched_off(maria: Client) -> None:
    shown = maria.get("/profile")
    assert shown.one("body")["data-shortcuts"] == "on"
    maria.post("/profile", data={"theme": "system", "density": "comfortable"})
    assert maria.get("/profile").one("body")["data-shortcuts"] == "off"


def test_sounds_are_off_until_they_are_switched_on(maria: Client) -> None:
    shown = maria.get("/profile")
    assert shown.one("body")["data-sounds"] == "off"
    maria.submit(shown, "#profile-look form", sounds="1")
    again = maria.get("/profile")
    assert (again.one("body")["data-sounds"], again.one("[name=sounds]").has_attr("checked")) == ("on", True)
    maria.post("/profile", data={"theme": "system", "density": "comfortable", "shortcuts": "1"})
    assert maria.get("/profile").one("body")["data-sounds"] == "off"


def test_the_mail_of_an_opening_comes_until_it_is_switched_off(
        maria: Client, session: Session, shop: Shop) -> None:
    """Mission §3 row 2: opt-out."""
    assert maria.get("/profile").one("[name=tells_opened]").has_attr("checked")
    maria.post("/profile", data={"theme": "system", "density": "comfortable"})
    session.refresh(shop.agent)
    assert shop.agent.preferences["tells_opened"] is False
    assert not maria.get("/profile").one("[name=tells_opened]").has_attr("checked")


def test_a_photo_is_shown_as_customers_see_it_until_it_is_removed(
        maria: Client, session: Session, shop: Shop) -> None:
    shown = maria.get("/profile")
    assert shown.words("#profile-card .avatar") == "ML"
    answer = maria.submit(shown, "#photo-form", photo=(io.BytesIO(make.picture("JPEG", (1200, 900))), "me.jpg"))
    assert answer.headers["Location"] == "/profile"
    shown = maria.get("/profile")
    assert "Customers see your photo." in shown.words()
    for place in ("#profile-card", ".profile-button"):
        address = shown.one(f"{place} .avatar img")["src"]
        assert maria.get(address).mimetype == "image/jpeg"
    maria.submit(shown, "#profile-photo form:last-of-type")
    shown = maria.get("/profile")
    assert shown.words("#profile-card .avatar") == "ML"
    assert maria.get(address).status_code == 404
    session.refresh(shop.agent)
    assert shop.agent.photo is None


def test_a_photo_may_be_as_large_as_phones_make_them(maria: Client, session: Session, shop: Shop) -> None:
    data = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).save(data, "PNG")
    assert len(data.getvalue()) > 3_000_000
    answer = maria.submit(maria.get("/profile"), "#photo-form", photo=(io.BytesIO(data.getvalue()), "me.png"))
    assert answer.status_code == 303
    session.refresh(shop.agent)
    assert shop.agent.photo is not None


@pytest.mark.parametrize(("size", "status"), [(20_000_001, 422), (23_000_000, 413)])
def test_a_larger_one_is_refused_at_its_field_and_what_is_no_photo_any_more_by_its_size(
        maria: Client, size: int, status: int) -> None:
    answer = maria.submit(maria.get("/profile"), "#photo-form", photo=(io.BytesIO(bytes(size)), "me.png"))
    assert answer.status_code == status
    said = {422: "Choose a picture of at most 20 MB", 413: "That file is too large Choose one of less than 22 MB."}
    assert said[status] in answer.words()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", make.picture("GIF")])
def test_what_is_no_photo_is_refused_at_its_field_and_the_old_one_stays(
        maria: Client, session: Session, shop: Shop, data: bytes) -> None:
    maria.submit(maria.get("/profile"), "#photo-form", photo=(io.BytesIO(make.picture()), "me.png"))
    answer = maria.submit(maria.get("/profile"), "#photo-form", photo=(io.BytesIO(data), "me.png"))
    assert answer.status_code == 422
    assert "Choose a JPEG, PNG or WebP picture" in answer.words("#profile-photo .field-error")
    assert answer.one(".error-summary a")["href"] == "#field-photo"
    session.refresh(shop.agent)
    assert shop.agent.photo is not None


def test_other_preferences_are_kept(maria: Client, session: Session, shop: Shop) -> None:
    shop.agent.preferences = {"link": {"span": "7"}}
    maria.submit(maria.get("/profile"), "#profile-look form", theme="dark")
    session.refresh(shop.agent)
    assert shop.agent.preferences["link"] == {"span": "7"}


@pytest.mark.parametrize("typed", [{"theme": "neon"}, {"density": "none"}, {"theme": "<script>"}])
def test_a_look_that_does_not_exist_is_refused(
        maria: Client, session: Session, shop: Shop, typed: dict[str, str]) -> None:
    answer = maria.post("/profile", data={"theme": "dark", "density": "compact", **typed})
    assert answer.status_code == 422
    session.refresh(shop.agent)
    assert shop.agent.preferences == {}


def test_everybody_has_a_profile_and_finds_it_in_their_menu(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    integrator = signed_in(make.staff(session, "Ida", site=shop.site, role="integrator"))
    answer = integrator.get("/profile")
    assert answer.status_code == 200
    assert answer.page.select(".topbar a[href='/profile']")
    assert answer.one(".rail-brand")["href"] == "/developers/webhooks"


def test_the_gallery_shows_every_component_to_an_administrator(
        signed_in: SignedIn, session: Session, shop: Shop) -> None:
    admin = signed_in(make.staff(session, "Ada", site=shop.site, role="admin"))
    answer = admin.get("/ui?theme=dark&density=compact")
    assert answer.status_code == 200
    assert len(answer.page.select(".gallery-part")) >= 10
    assert answer.page.select(".topbar a[href='/ui']")
