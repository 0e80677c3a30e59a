"""Selections are found by their number, and only by those who may see them."""

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import paging
from sales_portal.selections import queries
from sales_portal.selections.models import Selection
from tests import make
from tests.make import Shop


def test_a_selection_is_found_by_number_and_id_with_its_page(session: Session, portal: Session, shop: Shop) -> None:
    made = make.selection(session, shop)
    session.commit()
    for number in (made.id, made.number, made.number.lower(), f" {made.number} "):
        found = queries.get_selection(portal, number)
        assert found is not None
        assert found.id == made.id
        assert (found.agent.name, found.site.name, found.market.name) == ("Maria Lind", "Nordic Home", "Sweden")
        assert (found.pricelist.name, found.customer and found.customer.name) == ("Retail SEK", "Anna Svensson")


def test_a_number_that_is_none_finds_nothing(session: Session, shop: Shop) -> None:
    make.selection(session, shop)
    for number in ("S-999999", "S-1", "S-0", "S-", "L-1042", "1042", "", "S-10٤2", "S--1042", "S-1042x", 0, -5, 2**63,
                   10**30, "S-" + "9" * 4000):
        assert queries.get_selection(session, number) is None


def _seen(session: Session, by: Staff) -> list[Selection]:
    page = paging.read(session, queries.list_selections(seen_by=by), Selection.id, None)
    return sorted(page.rows, key=lambda row: row.id)


def test_each_role_sees_what_its_permission_reaches(session: Session, shop: Shop) -> None:
    north, south = make.team(session), make.team(session)
    people = {name: make.staff(session, name, site=shop.site, role=role, team=team) for name, role, team in (
        ("Maria", "agent", north), ("Ben", "agent", north), ("Sara", "agent", south), ("Olga", "senior_agent", north),
        ("Mona", "manager", north), ("Nils", "manager", None), ("Adam", "admin", None), ("Rita", "auditor", None),
        ("Igor", "integrator", None))}
    own = {name: make.selection(session, shop, agent=person) for name, person in people.items()}
    expected = {"Maria": ["Maria"], "Ben": ["Ben"], "Sara": ["Sara"], "Olga": ["Maria", "Ben", "Olga", "Mona"],
                "Mona": ["Maria", "Ben", "Olga", "Mona"], "Nils": ["Nils"], "Adam": list(own), "Rita": list(own),
                "Igor": []}
    for name, person in people.items():
        assert _seen(session, person) == [own[other] for other in own if other in expected[name]]
        for other, selection in own.items():
            found = queries.get_selection(session, selection.number, seen_by=person)
            assert (found is not None) is (other in expected[name])


def test_a_list_is_narrowed_by_status_agent_and_customer(session: Session, shop: Shop) -> None:
    ben, bo = make.staff(session, "Ben Ek", site=shop.site), make.customer(session, "Bo Ek")
    draft = make.selection(session, shop)
    won = make.selection(session, shop, status="won")
    bens = make.selection(session, shop, agent=ben, customer=bo)
    for given, expected in (({"status": "won"}, [won]), ({"agent_id": ben.id}, [bens]),
                            ({"customer_id": shop.customer.id}, [won, draft]), ({}, [bens, won, draft]),
                            ({"status": "draft", "agent_id": shop.agent.id}, [draft])):
        assert paging.read(session, queries.list_selections(**given), Selection.id, None).rows == expected


def test_the_pieces_of_many_selections_are_counted_at_once(session: Session, shop: Shop) -> None:
    full, empty = make.selection(session, shop, {shop.chair: 2, shop.bag: 3}), make.selection(session, shop)
    assert queries.count_items(session, [full.id, empty.id]) == {full.id: 5}
    assert queries.count_items(session, []) == {}
