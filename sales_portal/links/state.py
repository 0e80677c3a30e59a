"""What a link is at one instant: the stored status and the clock, put together."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class LinkState(StrEnum):
    """Every state a person is shown; each has one word, one icon and one page."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    PAID = "paid"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Timed(Protocol):
    """The columns a state is computed from."""

    status: str
    policy: str
    replaced_by_id: int | None
    starts_at: datetime | None
    waits_for_stock: bool
    expires_at: datetime | None
    paused_at: datetime | None


def state_at(link: Timed, at: datetime) -> LinkState:
    """The state of `link` at `at`. Ended states win over the clock; the end itself is already outside (`at >= end`)."""
    if link.status == "consumed":
        return LinkState.USED_UP if link.policy == "reusable" else LinkState.PAID
    if link.replaced_by_id is not None:
        return LinkState.REPLACED
    if link.status == "revoked":
        return LinkState.REVOKED
    if link.status == "expired" or (link.expires_at is not None and at >= link.expires_at):
        return LinkState.EXPIRED
    if link.paused_at is not None:
        return LinkState.PAUSED
    if link.waits_for_stock or (link.starts_at is not None and at < link.starts_at):
        return LinkState.SCHEDULED
    return LinkState.ACTIVE
