"""A status moves by a conditional update: whoever comes second is told so."""

from sqlalchemy.orm import Session

from sales_portal.core import lifecycle
from sales_portal.selections.models import Selection
from tests import make


def test_a_status_moves_once_and_writes_its_values_with_it(session: Session) -> None:
    made = make.selection(session, make.shop(session))
    assert lifecycle.move(session, Selection, made.id, "draft", "linked", label="moved")
    assert not lifecycle.move(session, Selection, made.id, "draft", "linked", label="twice")
    session.refresh(made)
    assert (made.status, made.label) == ("linked", "moved")


def test_it_may_start_from_any_of_several(session: Session) -> None:
    made = make.selection(session, make.shop(session), status="archived")
    assert lifecycle.move(session, Selection, made.id, ("linked", "archived"), "won")


def test_nothing_moves_where_there_is_no_such_row(session: Session) -> None:
    other = make.selection(session, make.shop(session))
    assert not lifecycle.move(session, Selection, other.id + 1, "draft", "linked")
    session.refresh(other)
    assert other.status == "draft"
