"""Steps back and forth through what a selection was.

A step moves where the selection stands and puts that state back as a new version; no state is ever changed or deleted,
but the ones ahead are left behind by the next act.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.core.errors import NotFound
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.selections import acts, queries, revisions
from sales_portal.selections.errors import ActedMeanwhile, NothingToRedo, NothingToUndo
from sales_portal.selections.models import Selection, SelectionRevision


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did: the label of the act it took back or repeated, and the fields that now stand otherwise."""

    label: str
    fields: frozenset[str]


def undo(session: Session, selection: Selection, *, by: Actor, version: int | None = None) -> Step:
    """Take back the last act, also somebody else's; refuses one that the page of `version` did not show."""
    acts.begin(session, selection)
    _refuse_unseen(session, selection, version, by)
    if not selection.steps_back:
        raise NothingToUndo
    here = queries.get_revision_at(session, selection, selection.stands_at)
    earlier = queries.get_revision_at(session, selection, here.previous_version)
    fields = _put_back(session, selection, earlier, EventName.SELECTION_UNDONE, here.label, by=by)
    _stand_at(selection, earlier, -1)
    session.flush()
    return Step(here.label, fields)


def redo(session: Session, selection: Selection, *, by: Actor, version: int | None = None) -> Step:
    """Repeat the act that was undone last; refuses where somebody acted since the page of `version`."""
    acts.begin(session, selection)
    _refuse_unseen(session, selection, version, by)
    later = queries.get_next_revision(session, selection) if selection.steps_ahead else None
    if later is None:
        raise NothingToRedo
    fields = _put_back(session, selection, later, EventName.SELECTION_REDONE, later.label, by=by)
    _stand_at(selection, later, 1)
    session.flush()
    return Step(later.label, fields)


def restore(session: Session, selection: Selection, revision_id: int, *, by: Actor) -> Step:
    """Make `selection` what it was after an earlier act; that is a new act, and can be undone like any other."""
    acts.begin(session, selection)
    wanted = queries.get_revision(session, selection.id, revision_id)
    if wanted is None:
        raise NotFound(thing="this version")
    label = f"Back to “{wanted.label}”"
    fields = _put_back(session, selection, wanted, EventName.SELECTION_RESTORED, wanted.label, by=by)
    revisions.record(session, selection, label, by=by)
    session.flush()
    return Step(wanted.label, fields)


def _stand_at(selection: Selection, revision: SelectionRevision, ahead: int) -> None:
    selection.stands_at = revision.version
    selection.steps_back += ahead
    selection.steps_ahead -= ahead


def _put_back(session: Session, selection: Selection, wanted: SelectionRevision, name: EventName, label: str, *,
              by: Actor) -> frozenset[str]:
    changes = revisions.differences(revisions.read_document(session, selection), wanted.document)
    revisions.put_back(session, selection, wanted.document)
    acts.note(session, selection, name, by=by, label=label, **changes)
    return frozenset(changes["fields"])


def _refuse_unseen(session: Session, selection: Selection, version: int | None, by: Actor) -> None:
    if version is None:
        return
    for act in queries.list_acts_since(session, selection, version):
        if (act.actor_kind, act.actor_id) != (by.kind, by.id):
            raise ActedMeanwhile(who=act.actor_name, label=act.data.get("label") or "a change")
