"""Every state of a link in one table (C04): headline, status, agent card, one next step (brief §4.4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as life
from sales_portal.links.models import CheckoutLink
from sales_portal.sites.models import Site
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop

Act = Callable[[Session, Shop, Linked], None]


def _nothing(session: Session, shop: Shop, linked: Linked) -> None:
    pass


def _set(**values: object) -> Act:
    def act(session: Session, shop: Shop, linked: Linked) -> None:
        link = session.get_one(CheckoutLink, linked.link.id)
        for name, value in values.items():
            setattr(link, name, clock.now() + value if isinstance(value, timedelta) else value)
    return act


def _paid(session: Session, shop: Shop, linked: Linked) -> None:
    session.commit()
    make.order(session, linked)


def _used_up(session: Session, shop: Shop, linked: Linked) -> None:
    _set(policy="reusable", max_orders=1)(session, shop, linked)
    _paid(session, shop, linked)


def _revoked(session: Session, shop: Shop, linked: Linked) -> None:
    life.revoke_link(session, linked.link, "Wrong price", by=SYSTEM)


def _revoked_openly(session: Session, shop: Shop, linked: Linked) -> None:
    life.revoke_link(session, linked.link, "Wrong price", shows_reason=True, by=SYSTEM)


def _replaced(session: Session, shop: Shop, linked: Linked) -> None:
    newer = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    _set(status="revoked", revoked_at=timedelta(), replaced_by_id=newer.link.id)(session, shop, linked)


def _replaced_for_another(session: Session, shop: Shop, linked: Linked) -> None:
    other = make.customer(session, "Bo Berg")
    newer = make.link(session, make.selection(session, shop, {shop.bag: 1}, customer=other))
    _set(status="revoked", revoked_at=timedelta(), replaced_by_id=newer.link.id)(session, shop, linked)


def _one_gone(session: Session, shop: Shop, linked: Linked) -> None:
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)


def _all_gone(session: Session, shop: Shop, linked: Linked) -> None:
    for variant in (shop.chair, shop.cap, shop.bag):
        inventory.set_on_hand(session, variant.id, shop.warehouse.id, 0, by=SYSTEM)


def _maintenance(session: Session, shop: Shop, linked: Linked) -> None:
    session.get_one(Site, shop.site.id).is_in_maintenance = True


PICKED, ALTERNATIVE = "Maria picked these for you", "Ask Maria for an alternative"
STATES: list[tuple[str, Act, int, str, str]] = [
    ("valid", _nothing, 200, PICKED, "Continue to payment — 3 669,00 kr"),
    ("not yet", _set(starts_at=timedelta(days=1)), 200, "This opens on", "Add to calendar"),
    ("expired", _set(created_at=timedelta(days=-9), expires_at=timedelta(days=-1)), 410, "This link ended on",
     "Ask Maria for a new link"),
    ("paid, someone else", _paid, 410, "This link has already been used", "Tell Maria"),
    ("uses reached", _used_up, 410, "The only place is taken", "Ask Maria for another"),
    ("revoked", _revoked, 410, "Maria withdrew this link", "Ask Maria for a new link"),
    ("revoked, with a reason", _revoked_openly, 410, "Maria withdrew this link", "Ask Maria for a new link"),
    ("replaced", _replaced, 410, "There is a newer version of this offer", "Open it"),
    ("replaced, another's", _replaced_for_another, 410, "There is a newer version of this offer",
     "Ask Maria for a new link"),
    ("paused", _set(paused_at=timedelta()), 200, "This offer is on hold", "Ask Maria"),
    ("one sold out", _one_gone, 200, PICKED, ALTERNATIVE),
    ("all sold out", _all_gone, 200, "These just sold out", ALTERNATIVE),
    ("maintenance", _maintenance, 503, "Back in a few minutes", ""),
]


@pytest.mark.parametrize(("act", "status", "headline", "step"), [row[1:] for row in STATES],
                         ids=[row[0] for row in STATES])
def test_every_state_has_its_own_words_its_status_a_person_and_one_step(
        session: Session, shop: Shop, linked: Linked, client: Client, act: Act, status: int, headline: str,
        step: str) -> None:
    """A-42, L-41, P-26."""
    act(session, shop, linked)
    session.commit()
    shown = client.get(linked.path)
    assert shown.status_code == status
    assert shown.words("h1").startswith(headline)
    assert "Maria Lind, Nordic Home" in shown.words("#agent")
    steps = [" ".join(button.get_text(" ").split()) for button in shown.page.select(".button-primary")]
    assert steps == ([step] if step else [])
    assert len(shown.page.select("h1")) == 1
    assert "anna@example.com" not in shown.text


@pytest.mark.parametrize(("act", "is_shown"), [(_revoked, False), (_revoked_openly, True)])
def test_the_reason_is_for_the_customer_only_where_the_agent_said_so(
        session: Session, shop: Shop, linked: Linked, client: Client, act: Act, is_shown: bool) -> None:
    act(session, shop, linked)
    assert ("Wrong price" in client.get(linked.path).text) == is_shown


@pytest.mark.parametrize(("team", "name"), [("Showroom", "Showroom"), (None, "Nordic Home")])
def test_where_the_agent_left_their_team_answers_at_the_sites_addresses(
        session: Session, shop: Shop, linked: Linked, client: Client, team: str | None, name: str) -> None:
    """C23."""
    agent = session.get_one(Staff, shop.agent.id)
    agent.is_active, agent.phone = False, "+46 1"
    if team is not None:
        its_team = make.team(session)
        its_team.name, agent.team_id = team, its_team.id
    _revoked(session, shop, linked)
    shown = client.get(linked.path)
    assert shown.words("h1") == f"{name} withdrew this link"
    assert shown.words("#endings-next .button") == f"Ask {name} for a new link"
    assert "Maria" not in shown.words()
    assert "+46 1 " not in shown.words()


def test_a_name_of_sixty_characters_and_no_photo_stand_in_the_card(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    """C23."""
    name = "Maximiliana-Alexandra von und zu Hohenstein-Wittelsbach Lind"
    assert len(name) == 60
    session.get_one(Staff, shop.agent.id).name = name
    shown = client.get(linked.path)
    assert name in shown.words("#agent")
    assert shown.words("#agent .avatar") == "ML"
