"""How every act on a selection begins and ends: locked and open at first, recorded with a new version at last."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.history.service import Actor
from sales_portal.selections import labels, queries, revisions
from sales_portal.selections.errors import ChangedMeanwhile, SelectionClosed
from sales_portal.selections.models import Selection, SelectionLine

CLOSED = frozenset({"won", "archived"})


def begin(session: Session, selection: Selection) -> None:
    """Lock `selection` and read it anew; refuses with `SelectionClosed` where it is won or archived."""
    queries.lock_selection(session, selection)
    refuse_closed(selection)
    revisions.record_first(session, selection)


def finish(session: Session, selection: Selection, name: EventName, fields: Collection[str], *, by: Actor,
           line: SelectionLine | None = None, label: str = "", **data: Any) -> None:
    """Raise the version, record what was done to which fields of the selection or of its line, and keep the state.

    `label` says it in words where its name and data do not.
    """
    if line is not None:
        data |= {"line_id": line.id, "variant_id": line.variant_id}
    said = label or labels.label_of(name, fields, data)
    note(session, selection, name, by=by, fields=list(fields), label=said, **data)
    revisions.record(session, selection, said, by=by)
    session.flush()


def note(session: Session, selection: Selection, name: EventName, *, by: Actor, **data: Any) -> None:
    """Raise the version and record the fact; `data` holds the `fields` that changed, of more lines in `lines`."""
    session.flush()
    selection.version += 1
    selection.changed_at = clock.now()
    history.record(session, name, selection, by=by, context=None, version=selection.version, **data)


def change(session: Session, selection: Selection, values: Mapping[str, object], version: int | None, *,
           by: Actor, **data: Any) -> bool:
    """Set columns of `selection`, merging with what others did since `version`; False where all stood so already."""
    begin(session, selection)
    clashes = [clash for field, value in values.items() if (clash := find_conflict(
        session, selection, version, field, theirs=getattr(selection, field), yours=value)) is not None]
    if clashes:
        clashes[0].others = tuple(clashes[1:])
        raise clashes[0]
    changed = [field for field, value in values.items() if getattr(selection, field) != value]
    if not changed:
        return False
    for field in changed:
        setattr(selection, field, values[field])
    finish(session, selection, EventName.SELECTION_CHANGED, changed, by=by, line=None, **data)
    return True


def refuse_closed(selection: Selection) -> None:
    """Refuse an act on a selection that is won or archived."""
    if selection.status in CLOSED:
        raise SelectionClosed(number=selection.number, status="paid" if selection.status == "won" else "archived")


def refuse_conflict(session: Session, selection: Selection, version: int | None, field: str, *, theirs: object,
                    yours: object, line_id: int | None = None, thing: str = "") -> None:
    """Refuse with both values where `field` was changed after the caller read the selection at `version`."""
    clash = find_conflict(session, selection, version, field, theirs=theirs, yours=yours, line_id=line_id, thing=thing)
    if clash is not None:
        raise clash


def find_conflict(session: Session, selection: Selection, version: int | None, field: str, *, theirs: object,
                  yours: object, line_id: int | None = None, thing: str = "") -> ChangedMeanwhile | None:
    """Both values where `field` was changed after the caller read the selection at `version`, else None.

    A caller that gives no version, or that typed what stands there anyway, is never refused.
    """
    if version is None or version >= selection.version or theirs == yours:
        return None
    for act in queries.list_acts_since(session, selection, version):
        if _touches(act, line_id, field):
            return ChangedMeanwhile(who=act.actor_name, at=act.at.isoformat(), field=field, line_id=line_id,
                                    thing=thing, theirs=theirs, yours=yours)
    return None


def _touches(act: Event, line_id: int | None, field: str) -> bool:
    its_own = act.data.get("line_id") == line_id and field in act.data["fields"]
    return its_own or field in act.data.get("lines", {}).get(str(line_id), ())
