"""What can be done to a link now, and by whom: the one place the pages ask before they offer an act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.core.writing import know
from sales_portal.desk import scope
from sales_portal.links import updating
from sales_portal.links.models import CheckoutLink
from sales_portal.links.replacing import REPLACEABLE
from sales_portal.links.service import LIVING
from sales_portal.links.state import LinkState
from sales_portal.selections.acts import CLOSED
from sales_portal.selections.models import Selection

EXTENSIONS = (7, 30)
"""By how many days one press lets a link work longer."""


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts a page offers; an act that makes no sense now, or that the reader may not do, is left out.

    `extends` are the days it may be extended by; `answers` says that its customer asked for something.
    """

    sees_address: bool
    sends: bool
    extends: tuple[int, ...]
    revokes: bool
    pauses: bool
    resumes: bool
    replaces: bool
    updates: bool
    clones: bool
    answers: bool

    @property
    def in_menu(self) -> bool:
        """Whether a row's menu has anything in it."""
        return any((self.sends, self.extends, self.revokes, self.resumes, self.replaces, self.updates, self.clones))


def acts_on(link: CheckoutLink, person: Staff, at: datetime) -> Acts:
    """What `person` may do to `link` at `at`; needs the link's agent, site and selection loaded."""
    state, selection = link.state(at), link.selection
    living, is_paused = state in LIVING, state is LinkState.PAUSED
    sends, revokes, creates, edits = (may(link, person, need) for need in (
        Permission.LINK_SEND, Permission.LINK_REVOKE, Permission.LINK_CREATE, Permission.SELECTIONS_EDIT))
    is_open = selection.status not in CLOSED
    return Acts(
        sees_address=living and sends, sends=living and sends and not is_paused,
        extends=_extensions(link, at) if living and creates else (), revokes=living and revokes,
        pauses=living and revokes and not is_paused, resumes=is_paused and revokes,
        replaces=(creates and is_open and link.replaced_by_id is None and state in REPLACEABLE
                  and (revokes or not living)),
        updates=creates and is_open and living and updating.is_behind(link, selection), clones=edits,
        answers=link.asked_at is not None and sends)


def of_selection(links: Iterable[CheckoutLink], selection: Selection, person: Staff,
                 at: datetime) -> dict[int, Acts]:
    """What `person` may do to links of `selection`, whose agent and site are loaded; by the link's id."""
    found = {}
    for link in links:
        if (link.agent_id, link.site_id) == (selection.agent_id, selection.site_id):
            know(link, agent=selection.agent, site=selection.site, selection=selection)
            found[link.id] = acts_on(link, person, at)
    return found


def may(link: CheckoutLink, person: Staff, permission: Permission) -> bool:
    """Whether `permission` reaches `link` for `person`; needs the link's agent loaded."""
    return scope.covers(link.agent, person, person.reach(permission))


def lives(link: CheckoutLink, at: datetime) -> bool:
    """Whether customers can use it, or will be able to."""
    return link.state(at) in LIVING


def _extensions(link: CheckoutLink, at: datetime) -> tuple[int, ...]:
    """The days it may be extended by without outliving what its site allows."""
    if link.expires_at is None:
        return ()
    latest, end = link.latest_end, max(link.expires_at, at)
    return tuple(days for days in EXTENSIONS if latest is None or end + timedelta(days=days) <= latest)
