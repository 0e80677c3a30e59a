"""Logging in: who gets in, where they land, and that nothing is told to those who don't."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import RolePermission, StaffSession
from sales_portal.core import clock
from sales_portal.history.models import Event
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Shop

DONT_MATCH = "That e-mail and password don't match."


def log_in(client: Client, email: str, password: str, address: str = "/login") -> Answer:
    """Type into the page at `address` and press Log in."""
    answer = client.submit(client.get(address), "form", email=email, password=password)
    assert isinstance(answer, Answer)
    return answer


def test_the_right_password_leads_home(client: Client, shop: Shop) -> None:
    answer = log_in(client, "maria@demo.example", "demo")
    assert (answer.status_code, answer.location) == (303, "/home")
    assert client.get("/home").status_code == 200


def test_an_e_mail_is_read_in_any_case_and_with_spaces(client: Client, shop: Shop) -> None:
    assert log_in(client, " Maria@Demo.EXAMPLE ", "demo").status_code == 303


def test_logging_in_is_recorded(client: Client, session: Session, shop: Shop) -> None:
    log_in(client, "maria@demo.example", "demo")
    fact = session.scalars(select(Event).where(Event.name == "staff.signed_in")).one()
    assert (fact.actor_name, fact.subject_id) == ("Maria Lind", shop.agent.id)


def test_a_wrong_password_and_an_unknown_account_answer_the_same_words(client: Client, shop: Shop) -> None:
    wrong, unknown = (log_in(client, email, "wrong") for email in ("maria@demo.example", "nobody@demo.example"))
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.words(".error-summary") == unknown.words(".error-summary") == f"There is a problem {DONT_MATCH}"
    assert wrong.one("title").get_text().startswith("Error: ")


def test_what_was_typed_stays_but_the_password_does_not(client: Client, shop: Shop) -> None:
    answer = log_in(client, "maria@demo.example", "wrong-secret")
    assert answer.one("[name=email]")["value"] == "maria@demo.example"
    assert "wrong-secret" not in answer.text


@pytest.mark.parametrize(("email", "password", "said"), [
    ("", "demo", "Enter your e-mail address"), ("maria@demo.example", "", "Enter your password")])
def test_an_empty_field_says_what_to_enter(client: Client, shop: Shop, email: str, password: str, said: str) -> None:
    assert said in log_in(client, email, password).words(".error-summary")


def test_somebody_who_left_does_not_get_in(client: Client, session: Session, shop: Shop) -> None:
    shop.agent.is_active = False
    assert DONT_MATCH in log_in(client, "maria@demo.example", "demo").words(".error-summary")


def test_after_five_tries_even_the_right_password_waits_and_is_told_how_long(client: Client, shop: Shop) -> None:
    for _ in range(5):
        assert log_in(client, "maria@demo.example", "wrong").status_code == 422
    answer = log_in(client, "maria@demo.example", "demo")
    assert answer.status_code == 429
    assert "Too many tries. Wait 15 minutes and try again." in answer.words(".error-summary")


def test_somebody_elses_tries_do_not_keep_one_out(client: Client, session: Session, shop: Shop) -> None:
    make.staff(session, "Ben Okoro", site=shop.site, email="ben@demo.example")
    for _ in range(6):
        log_in(client, "maria@demo.example", "wrong")
    assert log_in(client, "ben@demo.example", "demo").status_code == 303


def test_logging_in_forgets_the_tries_before(client: Client, shop: Shop) -> None:
    for _ in range(3):
        for _ in range(4):
            log_in(client, "maria@demo.example", "wrong")
        assert log_in(client, "maria@demo.example", "demo").status_code == 303
        client.post("/logout")


def test_the_demo_password_opens_no_real_portal(client: Client, app: Flask, shop: Shop) -> None:
    app.config["DEMO"] = False
    answer = log_in(client, "maria@demo.example", "demo")
    assert answer.status_code == 422
    assert "The demo password doesn't work here. Ask your administrator for your own." in answer.words(".error-summary")


def test_the_demo_names_its_people_and_a_real_portal_does_not(client: Client, app: Flask, shop: Shop) -> None:
    assert "maria@demo.example" in client.get("/login").text
    app.config["DEMO"] = False
    assert "maria@demo.example" not in client.get("/login").text


def test_a_demo_person_is_filled_in_by_a_link(client: Client, shop: Shop) -> None:
    link = client.get("/login?next=/links").one("#demo a")
    page = client.get(str(link["href"]))
    assert page.one("[name=email]")["value"] == "maria@demo.example"
    assert page.one("[name=next]")["value"] == "/links"


def test_the_page_asked_for_comes_after_the_log_in(client: Client, shop: Shop) -> None:
    asked = client.get("/links?status=active")
    assert asked.status_code == 303
    assert log_in(client, "maria@demo.example", "demo", asked.location).location == "/links?status=active"


@pytest.mark.parametrize("wanted", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http://[", "/login", "/logout", "home", "", "/\t/evil.example"])
def test_no_log_in_leads_to_another_site(client: Client, shop: Shop, wanted: str) -> None:
    answer = client.submit(client.get("/login"), "form", email="maria@demo.example", password="demo", next=wanted)
    assert answer.location == "/home"


def test_a_full_address_of_our_own_leads_to_its_path(client: Client, shop: Shop) -> None:
    answer = client.submit(client.get("/login"), "form", email="maria@demo.example", password="demo",
                           next=f"{client.home}/links?q=a")
    assert answer.location == "/links?q=a"


def test_who_is_in_is_not_asked_again(maria: Client) -> None:
    assert maria.get("/login?next=/links").location == "/links"
    assert maria.get("/").location == "/home"


def test_the_portals_own_address_asks_strangers_to_log_in(client: Client) -> None:
    assert client.get("/").location == "/login"


def test_logging_out_ends_the_session_on_the_server(maria: Client, session: Session) -> None:
    with maria.session_transaction() as kept:
        before = dict(kept)
    assert maria.post("/logout").location == "/login"
    assert session.scalars(select(StaffSession)).one().ended_at is not None
    with maria.session_transaction() as kept:
        kept.update(before)
    assert maria.get("/home").status_code == 303


def test_logging_out_twice_is_no_mistake(maria: Client) -> None:
    assert [maria.post("/logout").status_code for _ in range(2)] == [303, 303]


def test_another_log_in_in_the_same_browser_ends_the_first(maria: Client, session: Session, shop: Shop) -> None:
    ben = make.staff(session, "Ben Okoro", site=shop.site)
    maria.post("/login", data={"email": ben.email, "password": "demo"})
    assert sorted(row.ended_at is None for row in session.scalars(select(StaffSession))) == [False, True]


def test_a_session_ends_after_twelve_hours(maria: Client, session: Session) -> None:
    session.scalars(select(StaffSession)).one().expires_at = clock.now() - timedelta(seconds=1)
    assert maria.get("/home").location == "/login?next=/home"


def test_the_dialog_over_a_page_is_a_fragment_and_tells_the_script_when_it_worked(client: Client, shop: Shop) -> None:
    dialog = client.get("/login?dialog=1", htmx=True)
    assert dialog.words("h2") == "Log in to continue"
    assert dialog.page.select("html") == []
    wrong = client.submit(dialog, "form", htmx=True, email="maria@demo.example", password="wrong")
    assert (wrong.status_code, wrong.one("dialog")["id"]) == (422, "log-in-dialog")
    right = client.submit(wrong, "form", htmx=True, email="maria@demo.example", password="demo")
    assert (right.status_code, right.headers["HX-Trigger"]) == (
        204, '{"signed-in": {}, "session-extended": {"seconds": 43200}}')
    assert client.get("/home").status_code == 200


@pytest.mark.parametrize(("may_connect", "begins_at"), [(True, "/developers/webhooks"), (False, "/profile")])
def test_a_role_that_sells_nothing_lands_where_it_works_or_on_its_own_page(
        client: Client, session: Session, shop: Shop, may_connect: bool, begins_at: str) -> None:
    ina = make.staff(session, "Ina Gray", site=shop.site, role="integrator", email="ina@demo.example")
    if not may_connect:
        session.execute(delete(RolePermission).where(RolePermission.role_id == ina.role_id))
    assert log_in(client, "ina@demo.example", "demo").location == begins_at


def test_a_form_from_another_site_is_refused(client: Client, shop: Shop) -> None:
    answer = client.post("/login", data={"email": "maria@demo.example", "password": "demo"}, csrf=False)
    assert answer.status_code == 419
    assert "This page was open for too long" in answer.text
