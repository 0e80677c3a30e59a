"""Two people at two browsers are two people, in the tests as in the portal."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests import make
from tests.harness.app import Client


def test_signing_in_here_lets_nobody_in_there(open_client: Callable[[], Client], session: Session) -> None:
    maria = make.staff(session, site=make.site(session))
    mine, other = open_client(), open_client()

    assert mine.log_in(maria.email).status_code == 303
    assert mine.get("/links").status_code == 200
    assert other.get("/links").status_code == 303


def test_each_browser_is_shown_who_signed_in_there(open_client: Callable[[], Client], session: Session) -> None:
    site = make.site(session)
    maria, ben = make.staff(session, "Maria Sund", site=site), make.staff(session, "Ben Okoro", site=site)
    first, second = open_client(), open_client()

    first.log_in(maria.email)
    second.log_in(ben.email)

    assert "Maria Sund" in first.get("/links").text
    assert "Ben Okoro" in second.get("/links").text
    assert "Ben Okoro" not in first.get("/links").text
