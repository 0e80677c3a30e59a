"""What can be done to a link now, and by whom: the one place the pages ask before they offer an act."""

from dataclasses import dataclass
from datetime import datetime

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.desk import scope
from sales_portal.links.models import CheckoutLink
from sales_portal.links.service import LIVING
from sales_portal.links.state import LinkState


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts a page offers; an act that makes no sense now, or that the reader may not do, is left out."""

    sees_address: bool
    sends: bool
    extends: bool
    revokes: bool
    pauses: bool
    resumes: bool


def acts_on(link: CheckoutLink, person: Staff, at: datetime) -> Acts:
    """What `person` may do to `link` at `at`; needs the link's agent loaded."""
    def may(permission: Permission) -> bool:
        return scope.covers(link.agent, person, person.reach(permission))

    state = link.state(at)
    lives, is_paused = state in LIVING, state is LinkState.PAUSED
    sends, revokes, creates = (may(need) for need in (
        Permission.LINK_SEND, Permission.LINK_REVOKE, Permission.LINK_CREATE))
    return Acts(
        sees_address=lives and sends, sends=lives and sends and not is_paused,
        extends=lives and creates and link.expires_at is not None, revokes=lives and revokes,
        pauses=lives and revokes and not is_paused, resumes=is_paused and revokes)
