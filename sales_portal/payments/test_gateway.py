"""The embedded test provider: it keeps its own truth, shows its own page and takes no real money."""

from datetime import timedelta

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock, tokens
from sales_portal.core.db import write
from sales_portal.payments.gateway import GatewayRefused, Intent, IntentRequest
from sales_portal.payments.models import TestIntent

SLOW_SECONDS = 4
PAGE_PURPOSE = "test-provider-page"
# Built once: building one takes longer than running it.
_BY_KEY = select(TestIntent).where(TestIntent.idempotency_key == bindparam("key"))
_BY_PAYMENT = select(TestIntent).where(TestIntent.payment_public_id == bindparam("payment_id"))
_BY_PAGE = select(TestIntent).where(TestIntent.page_token_sha256 == bindparam("digest"))
_LOCKED = select(TestIntent).where(TestIntent.reference == bindparam("reference")).with_for_update()

DECISIONS = ("approve", "decline", "challenge", "slow", "cancel")


class TestGateway:
    """A provider that approves, declines, asks for 3-D Secure or is slow, as its page is told."""

    __test__ = False
    name = "test"
    capture_mode = "manual"

    def __init__(self, engine: Engine | Connection, base_url: str) -> None:
        self._sessions = sessionmaker(engine)
        self._base_url = base_url

    def create(self, request: IntentRequest) -> Intent:
        with self._sessions.begin() as session:
            known = session.scalars(_BY_KEY, {"key": request.idempotency_key}).first()
            if known is not None:
                return self._intent(known)
            page_token = tokens.new_token()
            intent = TestIntent(
                reference=f"test_{tokens.new_public_id()}", page_token_sha256=tokens.digest(page_token),
                idempotency_key=request.idempotency_key, amount=request.amount, currency=request.currency,
                status="open", description=request.description[:200], return_url=request.return_url,
                details={"page": tokens.seal(page_token, PAGE_PURPOSE)}, payment_public_id=request.payment_id,
                created_at=clock.now())
            write(session, intent)
            return self._intent(intent)

    def fetch(self, reference: str) -> Intent:
        with self._sessions.begin() as session:
            return self._intent(_find(session, reference))

    def find(self, payment_id: str) -> Intent | None:
        with self._sessions.begin() as session:
            found = session.scalars(_BY_PAYMENT, {"payment_id": payment_id}).first()
            return self._intent(found) if found is not None else None

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        with self._sessions.begin() as session:
            intent = _find(session, reference)
            if intent.status not in ("authorised", "captured"):
                raise GatewayRefused(f"an intent that is {intent.status} cannot be captured")
            intent.status = "captured"
            return self._intent(intent)

    def void(self, reference: str, idempotency_key: str) -> Intent:
        with self._sessions.begin() as session:
            intent = _find(session, reference)
            if intent.status == "captured":
                raise GatewayRefused("a captured intent cannot be voided")
            if intent.status != "declined":
                intent.status = "cancelled"
            return self._intent(intent)

    def _intent(self, row: TestIntent) -> Intent:
        page = tokens.unseal(row.details["page"], PAGE_PURPOSE)
        return Intent(row.reference, row.payment_public_id, _now_status(row), row.amount, row.currency,
                      f"{self._base_url}/test-provider/{page}")


def find_page(session: Session, page_token: str) -> TestIntent | None:
    """The intent behind the hosted page's secret address."""
    return session.scalars(_BY_PAGE, {"digest": tokens.digest(page_token)}).first()


def decide(session: Session, intent: TestIntent, decision: str) -> str:
    """Do what the person on the hosted page pressed; answers the intent's status then. A decided intent stays so.

    `challenge` asks for 3-D Secure; approving afterwards is `approve` again. `slow` is authorised some seconds later.
    """
    status = status_of(intent)
    if status not in ("open", "challenge"):
        return status
    if decision == "slow":
        until = clock.now() + timedelta(seconds=SLOW_SECONDS)
        intent.status = "slow"
        intent.details = intent.details | {"authorised_at": until.isoformat()}
    else:
        intent.status = {"approve": "authorised", "decline": "declined", "challenge": "challenge",
                         "cancel": "cancelled"}[decision]
    session.flush()
    return intent.status


def status_of(intent: TestIntent) -> str:
    """What the provider's page shows: its own status, a slow one being authorised once its time has come."""
    if intent.status == "slow" and clock.now().isoformat() >= intent.details["authorised_at"]:
        return "authorised"
    return intent.status


def _now_status(row: TestIntent) -> str:
    status = status_of(row)
    return "open" if status in ("slow", "challenge") else status


def _find(session: Session, reference: str) -> TestIntent:
    found = session.scalars(_LOCKED, {"reference": reference}).first()
    if found is None:
        raise GatewayRefused("no such intent")
    if found.status == "slow":
        found.status = status_of(found)
    return found
