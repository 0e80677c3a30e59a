"""The embedded test provider: it keeps its own truth, shows its own page and takes no real money."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Result,
    Row,
    Select,
    Table,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.core import clock, prepared, tokens
from sales_portal.core.db import UTCDateTime
from sales_portal.core.writing import count_touched
from sales_portal.payments.gateway import (
    ANY_SUM,
    Dispute,
    Event,
    GatewayDown,
    GatewayRefused,
    Intent,
    IntentRequest,
    NotAnEvent,
)
from sales_portal.payments.models import TestIntent
from sales_portal.sites.methods import BANK_TRANSFER, CARD

SLOW_SECONDS = 4
DOWN_SECONDS = 30
PAGE_PURPOSE = "test-provider-page"
RETURN_PURPOSE = "test-provider-return"

# Built once, and on the table: nobody needs an intent as an entity.
_INTENTS = cast(Table, TestIntent.__table__)
_ANY = select(*(_INTENTS.c[name] for name in (
    "reference", "payment_public_id", "status", "amount", "currency", "description", "return_url", "details")))
_BY_KEY = _ANY.where(_INTENTS.c.idempotency_key == bindparam("key"))
_BY_PAYMENT = _ANY.where(_INTENTS.c.payment_public_id == bindparam("payment_id"))
_BY_PAGE = _ANY.where(_INTENTS.c.page_token_sha256 == bindparam("digest"))
_BY_REFERENCE = _ANY.where(_INTENTS.c.reference == bindparam("wanted"))
_SINCE = _ANY.where(_INTENTS.c.created_at >= bindparam("since", type_=UTCDateTime)).order_by(_INTENTS.c.id)
_LOCKED = _BY_REFERENCE.with_for_update()
_MADE = insert(_INTENTS)
_MOVED = (
    update(_INTENTS).where(_INTENTS.c.reference == bindparam("wanted"), _INTENTS.c.status == bindparam("from_status"))
    .values(status=bindparam("to_status"), details=bindparam("with_details")))
_REFUNDED = (
    update(_INTENTS).where(_INTENTS.c.reference == bindparam("wanted")).values(details=bindparam("with_details")))

Held = Row[Any]
"""An intent as the provider holds it."""

DECISIONS = ("approve", "decline", "challenge", "slow", "down", "leave", "cancel")


class TestGateway:
    """A provider that approves, declines, asks for 3-D Secure, is slow or does not answer, as its page is told.

    A card is authorised as it is approved; an instant bank transfer takes the money then.
    """

    __test__ = False
    name = "test"
    methods: tuple[str, ...] = (CARD.slug, BANK_TRANSFER.slug)

    def __init__(self, engine: Engine | Connection, base_url: str) -> None:
        self._engine = engine
        self._base_url = base_url

    def limits(self, currency: str) -> tuple[int, int]:
        return ANY_SUM

    def create(self, request: IntentRequest) -> Intent:
        page_token = tokens.new_token()
        reference = f"test_{tokens.new_public_id()}"
        made = {
            "reference": reference, "page_token_sha256": tokens.digest(page_token),
            "idempotency_key": request.idempotency_key, "payment_public_id": request.payment_id,
            "amount": request.amount, "currency": request.currency, "status": "open",
            "description": request.description[:200], "return_url": tokens.seal(request.return_url, RETURN_PURPOSE),
            "details": {"page": tokens.seal(page_token, PAGE_PURPOSE), "capture_mode": request.capture_mode},
            "created_at": clock.now()}
        try:
            with self._transaction() as connection:
                prepared.execute(connection, _MADE, made)
        except IntegrityError:
            return self._known(request)
        return Intent(reference, request.payment_id, "open", request.amount, request.currency, self._page(page_token))

    def fetch(self, reference: str) -> Intent:
        with self._transaction() as connection:
            return _intent(_answering(_found(connection, reference)))

    def find(self, payment_id: str) -> Intent | None:
        with self._transaction() as connection:
            found = connection.execute(_BY_PAYMENT, {"payment_id": payment_id}).first()
            return _intent(_answering(found)) if found is not None else None

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        with self._transaction() as connection:
            held = _answering(_found(connection, reference, _LOCKED))
            if status_of(held) not in ("authorised", "captured"):
                raise GatewayRefused(f"an intent that is {held.status} cannot be captured")
            return _intent(held, _move(connection, held, "captured"))

    def void(self, reference: str, idempotency_key: str) -> Intent:
        with self._transaction() as connection:
            held = _answering(_found(connection, reference, _LOCKED))
            if status_of(held) == "captured":
                raise GatewayRefused("a captured intent cannot be voided")
            return _intent(held, held.status if held.status == "declined" else _move(connection, held, "cancelled"))

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        with self._transaction() as connection:
            held = _answering(_found(connection, reference, _LOCKED))
            refunds = held.details.get("refunds", {})
            if idempotency_key not in refunds:
                if held.status != "captured":
                    raise GatewayRefused(f"an intent that is {held.status} cannot be refunded")
                if not 0 < amount <= held.amount - sum(refunds.values()):
                    raise GatewayRefused("the refund is greater than what is left of the payment")
                refunds = {**refunds, idempotency_key: amount}
                connection.execute(_REFUNDED, {"wanted": reference,
                                               "with_details": {**held.details, "refunds": refunds}})
            return replace(_intent(held), refunded_amount=sum(refunds.values()))

    def list_since(self, at: datetime) -> list[Intent]:
        with self._transaction() as connection:
            return [_intent(held) for held in connection.execute(_SINCE, {"since": at})]

    def disputes(self, reference: str) -> list[Dispute]:
        return []

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        raise NotAnEvent("the test provider sends none")

    def _known(self, request: IntentRequest) -> Intent:
        with self._transaction() as connection:
            held = connection.execute(_BY_KEY, {"key": request.idempotency_key}).one()
            page_token = tokens.unseal(held.details["page"], PAGE_PURPOSE)
            return replace(_intent(held), redirect_url=self._page(page_token))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One of the provider's own; on somebody's connection it is a part of theirs."""
        if isinstance(self._engine, Engine):
            with self._engine.begin() as connection:
                yield connection
        else:
            with self._engine.begin_nested() if self._engine.in_transaction() else self._engine.begin():
                yield self._engine

    def _page(self, page_token: str) -> str:
        return f"{self._base_url}/test-provider/{page_token}"


def find_page(session: Session, page_token: str) -> Held | None:
    """The intent behind the hosted page's secret address."""
    return session.execute(_BY_PAGE, {"digest": tokens.digest(page_token)}).first()


def return_url_of(intent: Held) -> str:
    """Where the hosted page leads back to. It is kept sealed: the secret of a link is part of it."""
    return tokens.unseal(intent.return_url, RETURN_PURPOSE)


def decide(session: Session, intent: Held, decision: str) -> str:
    """Do what the person on the hosted page pressed; answers the intent's status then. A decided intent stays so.

    `challenge` asks for 3-D Secure; approving afterwards is `approve` again. `slow` is approved some seconds later.
    `down` is approved at once, and nobody who asks is answered for a while; `leave` too, and its page leads nowhere.
    """
    status = status_of(intent)
    if status not in ("open", "challenge"):
        return status
    if decision == "slow":
        until = clock.now() + timedelta(seconds=SLOW_SECONDS)
        return _move(session, intent, "slow", authorised_at=until.isoformat())
    if decision == "down":
        until = clock.now() + timedelta(seconds=DOWN_SECONDS)
        return _move(session, intent, _approved(intent), down_until=until.isoformat())
    if decision == "leave":
        return _move(session, intent, _approved(intent), is_left=True)
    return _move(session, intent, {"approve": _approved(intent), "decline": "declined", "challenge": "challenge",
                                   "cancel": "cancelled"}[decision])


def status_of(intent: Held) -> str:
    """What the provider's page shows: its own status, a slow one being approved once its time has come."""
    if intent.status == "slow" and clock.now().isoformat() >= intent.details["authorised_at"]:
        return _approved(intent)
    return str(intent.status)


def is_left(intent: Held) -> bool:
    """Whether its customer approved and closed the window."""
    return bool(intent.details.get("is_left"))


def _answering(held: Held) -> Held:
    if clock.now().isoformat() < held.details.get("down_until", ""):
        raise GatewayDown("as its page was told")
    return held


def _approved(intent: Held) -> str:
    return "captured" if intent.details.get("capture_mode") == "auto" else "authorised"


def _intent(held: Held, status: str | None = None) -> Intent:
    status = status or status_of(held)
    return Intent(held.reference, held.payment_public_id, "open" if status in ("slow", "challenge") else status,
                  held.amount, held.currency, refunded_amount=sum(held.details.get("refunds", {}).values()))


def _move(session: Session | Connection, held: Held, status: str, **details: object) -> str:
    """The status an intent has then: `status`, or what it became meanwhile."""
    moved = _execute(session, _MOVED, wanted=held.reference, from_status=held.status, to_status=status,
                     with_details=held.details | details)
    is_moved = count_touched(moved) == 1
    return status if is_moved else status_of(_found(session, held.reference))


def _execute(session: Session | Connection, statement: Executable, **values: object) -> Result[Any]:
    if isinstance(session, Connection):
        return prepared.execute(session, statement, values)
    return session.execute(statement, values)


def _found(session: Session | Connection, reference: str, wanted: Select[Any] = _BY_REFERENCE) -> Held:
    found = _execute(session, wanted, wanted=reference).first()
    if found is None:
        raise GatewayRefused("no such intent")
    return found
