"""What a link is at an instant; no database needed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sales_portal.links.state import LinkState, state_at

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOON, PAST = AT + timedelta(hours=1), AT - timedelta(hours=1)


@dataclass
class Timed:
    status: str = "active"
    policy: str = "single"
    replaced_by_id: int | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = SOON
    paused_at: datetime | None = None
    waits_for_stock: bool = False


@pytest.mark.parametrize(("link", "state"), [
    (Timed(), LinkState.ACTIVE),
    (Timed(expires_at=None), LinkState.ACTIVE),
    (Timed(starts_at=SOON, expires_at=None), LinkState.SCHEDULED),
    (Timed(starts_at=AT), LinkState.ACTIVE),
    (Timed(waits_for_stock=True), LinkState.SCHEDULED),
    (Timed(waits_for_stock=True, starts_at=PAST), LinkState.SCHEDULED),
    (Timed(waits_for_stock=True, paused_at=PAST), LinkState.PAUSED),
    (Timed(waits_for_stock=True, expires_at=PAST), LinkState.EXPIRED),
    (Timed(paused_at=PAST), LinkState.PAUSED),
    (Timed(paused_at=PAST, starts_at=SOON, expires_at=None), LinkState.PAUSED),
    (Timed(expires_at=PAST), LinkState.EXPIRED),
    (Timed(expires_at=PAST, paused_at=PAST), LinkState.EXPIRED),
    (Timed(status="expired"), LinkState.EXPIRED),
    (Timed(status="revoked"), LinkState.REVOKED),
    (Timed(status="revoked", expires_at=PAST), LinkState.REVOKED),
    (Timed(status="revoked", replaced_by_id=7), LinkState.REPLACED),
    (Timed(status="consumed"), LinkState.PAID),
    (Timed(status="consumed", expires_at=PAST), LinkState.PAID),
    (Timed(status="consumed", policy="reusable"), LinkState.USED_UP),
])
def test_ended_states_win_over_the_clock(link: Timed, state: LinkState) -> None:
    assert state_at(link, AT) is state


@pytest.mark.parametrize(("off", "state"), [(-1, LinkState.ACTIVE), (0, LinkState.EXPIRED), (1, LinkState.EXPIRED)])
def test_the_end_itself_is_already_outside(off: int, state: LinkState) -> None:
    assert state_at(Timed(expires_at=AT), AT + timedelta(microseconds=off)) is state
