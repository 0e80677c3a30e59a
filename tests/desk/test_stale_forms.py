"""Forms that were open too long, sessions that ended meanwhile, and more text than anybody types: nothing is lost."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import StaffSession
from sales_portal.core import clock
from sales_portal.selections.models import Selection, SelectionLine
from tests.desk import building
from tests.harness.app import Answer, Client

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("lines", {"q": "CAP-0001"}), ("notes", {"customer_note": "As promised", "internal_note": "Calls back"}),
    ("charges", {"ignores_shipping": "1"}), ("customer", {"q": "new@example.com"}), ("link", {"changes": "nothing"})]


OURS = {"Sec-Fetch-Site": "same-origin"}


def sent(client: Client, draft: Selection, path: str, *, htmx: bool, headers: dict[str, str] | None = None,
         **data: Any) -> Answer:
    """A form whose token is no longer good."""
    answer = client.post(f"/selections/{draft.number}/{path}", data={**data, "csrf_token": "stale"}, csrf=False,
                         htmx=htmx, headers=OURS if headers is None else headers)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize(("path", "data"), FORMS)
def test_a_stale_form_gets_a_new_token_so_that_the_script_sends_it_again(
        maria: Client, draft: Selection, path: str, data: dict[str, Any]) -> None:
    stale = sent(maria, draft, path, htmx=True, **data)
    assert stale.status_code == 419
    again = maria.post(f"/selections/{draft.number}/{path}", data=data, htmx=True, csrf=False,
                       headers={"X-CSRFToken": stale.headers["X-CSRF-Token"]})
    assert again.status_code in {200, 422}


@pytest.mark.parametrize(("path", "data"), FORMS)
def test_without_a_script_a_stale_form_says_so_and_keeps_what_was_typed_to_send_again(
        maria: Client, draft: Selection, path: str, data: dict[str, Any]) -> None:
    stale = sent(maria, draft, path, htmx=False, **data)
    assert stale.status_code == 419
    assert "This page was open for too long" in stale.words("body")
    form = stale.one("main form")
    assert form["action"] == f"/selections/{draft.number}/{path}"
    assert {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")
            if field["name"] != "csrf_token"} == data
    assert maria.submit(stale, "main form").status_code in {303, 422}


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
    {"Referer": "https://evil.example/"}, {"Origin": "http://["}, {}])
def test_a_form_another_site_sent_is_not_offered_again(
        maria: Client, draft: Selection, headers: dict[str, str]) -> None:
    stale = sent(maria, draft, "notes", htmx=False, headers=headers, internal_note="theirs")
    assert stale.status_code == 419
    assert stale.page.select("main form") == []
    assert "theirs" not in stale.text


def test_an_old_browser_proves_itself_by_where_it_comes_from(maria: Client, draft: Selection) -> None:
    stale = sent(maria, draft, "notes", htmx=False, headers={"Referer": f"{maria.home}/home"}, internal_note="mine")
    assert stale.one("main [name=internal_note]")["value"] == "mine"


def test_a_password_is_never_shown_again(client: Client, session: Session) -> None:
    stale = client.post("/login", data={"email": "maria@demo.example", "password": "my secret"}, csrf=False,
                        headers=OURS)
    assert stale.status_code == 419
    assert isinstance(stale, Answer)
    assert stale.one("[name=email]")["value"] == "maria@demo.example"
    assert "my secret" not in stale.text


@pytest.mark.parametrize(("path", "data"), FORMS)
def test_a_session_that_ended_while_typing_asks_to_log_in_and_changes_nothing(
        maria: Client, session: Session, draft: Selection, path: str, data: dict[str, Any]) -> None:
    session.scalars(select(StaffSession)).one().ended_at = clock.now()
    answer = building.post(maria, draft, path, htmx=True, **data)
    assert answer.status_code == 401
    session.expire_all()
    assert len(session.scalars(select(SelectionLine)).all()) == 2
    assert (draft.version, draft.customer_note, draft.ignores_shipping) == (1, "", False)


def test_after_the_log_in_over_the_page_the_same_form_is_good(
        maria: Client, session: Session, draft: Selection) -> None:
    page = building.page(maria, draft)
    session.scalars(select(StaffSession)).one().ended_at = clock.now()
    assert maria.submit(page, "#add-line", htmx=True, q="CAP-0001").status_code == 401
    dialog = maria.get("/login?dialog=1", htmx=True)
    assert maria.submit(dialog, "form", htmx=True, email="maria@demo.example", password="demo").status_code == 204
    assert maria.submit(page, "#add-line", htmx=True, q="CAP-0001").status_code == 200


def test_without_a_script_the_log_in_leads_back_to_the_page_of_the_form(
        maria: Client, session: Session, draft: Selection) -> None:
    session.scalars(select(StaffSession)).one().ended_at = clock.now()
    here = f"{maria.home}/selections/{draft.number}"
    asked = maria.post(f"/selections/{draft.number}/lines", data={"q": "CAP-0001"}, headers={"Referer": here})
    assert asked.status_code == 303
    back = maria.submit(maria.get(asked.location), "form", email="maria@demo.example", password="demo")
    assert back.location == f"/selections/{draft.number}"


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("path", "field"), [("notes", "internal_note"), ("lines", "q"), ("link", "label")])
def test_five_megabytes_are_refused_in_words(
        maria: Client, draft: Selection, path: str, field: str, htmx: bool) -> None:
    answer = building.post(maria, draft, path, htmx=htmx, **{field: "x" * 5_000_000})
    assert answer.status_code == 413
    assert "That is too much text at once" in answer.page.get_text()
    assert "Shorten it to less than 1 MB and send it again. Nothing was lost." in answer.page.get_text()
