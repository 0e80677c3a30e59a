"""What others did while somebody was typing: it stays, and is told in passing."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.desk import timeline
from sales_portal.history.models import Event
from sales_portal.selections import queries as selections
from sales_portal.selections.models import Selection

MOST = 3
NOTES = frozenset({"customer_note", "internal_note"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A sentence for each act of others, the oldest first, and whether one of them wrote a note."""

    sentences: tuple[str, ...] = ()
    has_notes: bool = False


def since(session: Session, selection: Selection, seen: int | None, person: Staff) -> Merged:
    """What others did to `selection` since the page of `person` showed version `seen`."""
    if seen is None or seen >= selection.version:
        return Merged()
    theirs = [act for act in selections.list_acts_since(session, selection, seen)
              if (act.actor_kind, act.actor_id) != ("staff", person.id)]
    further = len(theirs) - MOST
    rest = [f"{further} more {'change' if further == 1 else 'changes'} by others"] if further > 0 else []
    return Merged((*rest, *(sentence_of(act) for act in reversed(theirs[:MOST]))),
                  any(NOTES & set(act.data["fields"]) for act in theirs))


def sentence_of(act: Event) -> str:
    """What somebody did, by their first name: "Erik removed Oak chair"."""
    text = timeline.tell(act).text.split(" · ")[0]
    return text.replace(act.actor_name, act.actor_name.split(" ")[0], 1)
