"""An address nobody was given: one answer, whatever is wrong with it."""

from datetime import timedelta
from itertools import product

import pytest
from limits import parse
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.storefront.limits import MISSES_OF_LINK
from sales_portal.web.extensions import limiter
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.statements import Counting
from tests.make import Linked, Shop

NOBODY = "0" * 32
WRONG = "A" * 43
INNER = ("", "/details", "/delivery", "/payment", "/receipt", "/calendar")


def seen(answer: Answer) -> tuple[object, ...]:
    """Everything of an answer a guesser could compare."""
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, headers, answer.data


def test_an_unknown_id_and_a_wrong_token_are_answered_byte_for_byte_alike(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    """P-26, T96, T97: the hash of another link is as wrong as any."""
    revoked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    links.revoke_link(session, revoked.link, "", by=SYSTEM)
    unknown = client.get(f"/selection/{NOBODY}/{WRONG}")
    assert unknown.status_code == 404
    wrong = (f"{linked.public_id}/{WRONG}", f"{linked.public_id}/{revoked.token}", f"{revoked.public_id}/{WRONG}",
             f"{linked.public_id}/x", f"{NOBODY}/{linked.token}")
    for address, page in product(wrong, INNER):
        assert seen(client.get(f"/selection/{address}{page}")) == seen(unknown), (address, page)


@pytest.mark.parametrize("state", ["scheduled", "paused", "revoked", "expired", "bought"])
def test_a_wrong_token_tells_nothing_of_the_state_a_link_is_in(
        session: Session, shop: Shop, client: Client, state: str) -> None:
    """T96, amendment 11."""
    at = clock.now()
    starts = {"starts_at": at + timedelta(days=1)} if state == "scheduled" else {}
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), **starts)
    session.commit()
    if state == "bought":
        make.order(session, made)
    elif state == "expired":
        made.link.created_at, made.link.expires_at = at - timedelta(days=2), at - timedelta(days=1)
    elif state in ("paused", "revoked"):
        act = {"paused": lambda: links.pause_link(session, made.link, by=SYSTEM),
               "revoked": lambda: links.revoke_link(session, made.link, "", by=SYSTEM)}[state]
        act()
    unknown = client.get(f"/selection/{NOBODY}/{WRONG}")
    assert seen(client.get(f"/selection/{made.public_id}/{WRONG}")) == seen(unknown)
    assert client.get(made.path).status_code in (200, 410)


@pytest.mark.parametrize("path", [f"/selection/{NOBODY}", "/selection/", "/selection/a/b/c/d", f"/receipts/{WRONG}",
                                  f"/test-provider/{WRONG}", "/selection/%00/%00", "/selection/☃/😀"])
def test_an_address_that_lost_a_part_is_answered_the_same(shop: Shop, client: Client, path: str) -> None:
    assert seen(client.get(path)) == seen(client.get(f"/selection/{NOBODY}/{WRONG}"))


def test_posting_to_it_is_answered_the_same(linked: Linked, client: Client) -> None:
    for action in ("visit", "details", "delivery", "payment", "payment/confirmation", "opened", "request", "choice",
                   "lines/1/quantity"):
        unknown = client.post(f"/selection/{NOBODY}/{WRONG}/{action}", data={"email": "anna@example.com"})
        wrong = client.post(f"/selection/{linked.public_id}/{WRONG}/{action}", data={"email": "anna@example.com"})
        assert unknown.status_code == 404, action
        assert seen(wrong) == seen(unknown), action


def test_both_take_the_same_statements(linked: Linked, client: Client, statements: Counting) -> None:
    with statements() as unknown:
        client.get(f"/selection/{NOBODY}/{WRONG}")
    with statements() as wrong:
        client.get(f"/selection/{linked.public_id}/{WRONG}")
    assert list(unknown) == list(wrong)


def test_the_page_names_a_way_to_a_person_and_repeats_no_part_of_the_address(shop: Shop, client: Client) -> None:
    shown = client.get(f"/selection/{NOBODY}/{WRONG}")
    assert shown.words("h1") == "We can't find this link"
    assert "Check that you copied all of it, or contact Nordic Home at hello@demo.example ." in shown.words("main")
    assert NOBODY not in shown.text
    assert WRONG not in shown.text


def test_guessing_on_and_on_is_refused_while_a_right_link_still_opens(linked: Linked, client: Client) -> None:
    guesses = {client.get(f"/selection/{NOBODY}/{WRONG}").status_code for _ in range(61)}
    assert guesses == {404, 429}
    assert client.get(linked.path).status_code == 200
    refused = client.get(f"/selection/{linked.public_id}/{WRONG}")
    assert refused.status_code == 429
    assert refused.words("h1") == "Too many tries"
    elsewhere = client.get(f"/selection/{NOBODY}/{WRONG}", environ_overrides={"REMOTE_ADDR": "10.1.1.1"})
    assert elsewhere.status_code == 404


def test_many_who_guess_at_one_link_are_refused_while_it_opens_for_who_has_it(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    """T99: per link as per address they come from; only a wrong guess is refused."""
    other = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    session.commit()

    def guess(public_id: str, number: int) -> int:
        there = {"REMOTE_ADDR": f"10.{number // 50}.0.1"}
        return client.get(f"/selection/{public_id}/{WRONG}", environ_overrides=there).status_code

    limiter.limiter.hit(parse(MISSES_OF_LINK), "misses", linked.public_id, cost=598)
    assert [guess(linked.public_id, 50 * number) for number in range(4)] == [404, 404, 429, 429]
    assert client.get(linked.path, environ_overrides={"REMOTE_ADDR": "10.200.0.1"}).status_code == 200
    assert guess(other.public_id, 10_000) == 404
