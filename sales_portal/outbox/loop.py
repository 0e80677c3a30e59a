"""The loop that does the jobs: claim, prepare, act outside, settle; several side by side do each job once."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.core.db import reading
from sales_portal.core.direct import Direct
from sales_portal.outbox import queries, service
from sales_portal.outbox.errors import KnownFailure, NotYet, OtherSideDown, PermanentFailure
from sales_portal.outbox.models import Job
from sales_portal.outbox.service import Claim, Needless

DEFAULT_TRIES = 12
LEASE = timedelta(seconds=60)
REST = timedelta(seconds=30)
IDLE_SECONDS = 0.5
AT_ONCE = 20
SECONDS_AFTER_A_HICCUP = 2.0
SETTLE_AGAIN_AFTER = (0.2, 1.0, 5.0)
GAVE_UP = "The worker stopped each time before this was finished"

log = structlog.get_logger()


class _LostClaim(Exception):
    """The lease ran out, and another worker has or may have the job."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a job does outside the database.

    `act` runs with no transaction open, at least once and perhaps twice, so the other side must know it again by a
    stable id. `settle` gets what it returned, in a transaction of its own; `bury` gets the reason, in the
    transaction that gives the job up. `needless` names from what was returned the job that ends with this one.
    """

    act: Callable[[], Any]
    settle: Callable[[Session, Any], object]
    bury: Callable[[Session, str], None] | None = None
    needless: Callable[[Any], Needless | None] = lambda outcome: None


Handler = Callable[[Session, Job], Effect | None]
"""Prepares a job inside one transaction it never commits; returns an Effect where the outside is needed."""


class Loop:
    """Does the jobs of the topics in `handlers`, one at a time; jobs of other topics are left to other workers.

    `tries` says per topic how often a job is attempted before it is given up.
    """

    def __init__(self, database: Engine | sessionmaker[Session], handlers: Mapping[str, Handler], *,
                 tries: Mapping[str, int] | None = None, lease: timedelta = LEASE) -> None:
        self._sessions = sessionmaker(database, class_=Direct) if isinstance(database, Engine) else database
        self._handlers = dict(handlers)
        self._tries = dict(tries or {})
        self._lease = lease
        self._resting: dict[str, datetime] = {}

    def run_forever(self, stop: threading.Event, idle_seconds: float = IDLE_SECONDS) -> None:
        """Work until `stop` is set, which ends it after the job in hand; trouble with the database only delays it."""
        while not stop.is_set():
            try:
                pause = 0.0 if self.run_once(AT_ONCE, stop) == AT_ONCE else idle_seconds
            except Exception:
                log.exception("outbox.hiccup")
                pause = SECONDS_AFTER_A_HICCUP
            if pause:
                stop.wait(pause)

    def run_once(self, limit: int = AT_ONCE, stop: threading.Event | None = None) -> int:
        """Do at most `limit` jobs, as long as some are due and `stop` is not set; gives how many were taken."""
        taken = 0

        def may_go_on() -> bool:
            return taken < limit and not (stop is not None and stop.is_set())

        claim = self._claim() if may_go_on() and self._is_any_due() else None
        while claim is not None:
            taken += 1
            claim = self._do(claim, may_go_on)
        return taken

    def _is_any_due(self) -> bool:
        # Asking must not queue for SQLite's write lock: an idle worker would slow every page that writes.
        token = reading.set(True)
        try:
            with self._sessions() as session:
                return queries.is_any_due(session, self._awake_topics(), clock.now())
        finally:
            reading.reset(token)

    def _claim(self) -> Claim | None:
        with self._transaction() as session:
            return service.claim(session, self._awake_topics(), self._lease)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        # As `sessions.begin()`, which keeps book of it from the start.
        with self._sessions() as session:
            yield session
            session.commit()

    def _awake_topics(self) -> list[str]:
        at = clock.now()
        return [topic for topic in self._handlers if self._resting.get(topic, at) <= at]

    def _do(self, claim: Claim, may_go_on: Callable[[], bool] = lambda: False) -> Claim | None:
        """Do one job; gives the next one where `may_go_on` then says so, claimed as this one ended."""
        effect = None
        try:
            effect, following = self._prepare(claim, may_go_on)
            if effect is None:
                return following
            _refuse_late(claim)
            return self._settle(claim, effect, effect.act(), may_go_on)
        except _LostClaim:
            log.warning("job.lost", topic=claim.topic, job=claim.job_id)
        except Exception as error:
            self._fail(claim, effect, error)
        return self._claim() if may_go_on() else None

    def _prepare(self, claim: Claim, may_go_on: Callable[[], bool]) -> tuple[Effect | None, Claim | None]:
        if claim.every_seconds is None and claim.attempts > self._tries_of(claim.topic):
            raise PermanentFailure(GAVE_UP)
        with self._transaction() as session:
            session.add(claim.job)
            effect = self._handlers[claim.topic](session, claim.job)
            if effect is not None:
                return effect, None
            _finish(session, claim)
            return None, self._take_next(session, may_go_on)

    def _take_next(self, session: Session, may_go_on: Callable[[], bool]) -> Claim | None:
        # In the transaction that ended the job before: a commit costs more than most jobs.
        if not may_go_on():
            return None
        session.flush()
        return service.claim(session, self._awake_topics(), self._lease)

    def _settle(self, claim: Claim, effect: Effect, outcome: Any, may_go_on: Callable[[], bool]) -> Claim | None:
        # It has happened outside. A database that hiccups now must not make it happen twice.
        for pause in SETTLE_AGAIN_AFTER:
            try:
                return self._settle_once(claim, effect, outcome, may_go_on)
            except (OperationalError, InterfaceError):
                log.warning("job.settles_again", topic=claim.topic, job=claim.job_id)
                time.sleep(pause)
        return self._settle_once(claim, effect, outcome, may_go_on)

    def _settle_once(self, claim: Claim, effect: Effect, outcome: Any,
                     may_go_on: Callable[[], bool]) -> Claim | None:
        with self._transaction() as session:
            _finish(session, claim, effect.needless(outcome))
            effect.settle(session, outcome)
            return self._take_next(session, may_go_on)

    def _fail(self, claim: Claim, effect: Effect | None, error: Exception) -> None:
        reason = _first_line(error)
        if isinstance(error, OtherSideDown):
            self._resting[claim.topic] = clock.now() + REST
        with self._transaction() as session:
            if isinstance(error, NotYet):
                service.put_off(session, claim, error.until)
            elif self._is_hopeless(claim, error):
                self._bury(session, claim, effect, reason)
            elif service.try_again(session, claim, reason):
                log.warning("job.failed", topic=claim.topic, job=claim.job_id, attempts=claim.attempts, error=reason,
                            exc_info=None if isinstance(error, KnownFailure) else error)

    def _bury(self, session: Session, claim: Claim, effect: Effect | None, reason: str) -> None:
        if not service.bury(session, claim, reason):
            return
        log.error("job.dead", topic=claim.topic, job=claim.job_id, attempts=claim.attempts, error=reason)
        if effect is not None and effect.bury is not None:
            try:
                with session.begin_nested():
                    effect.bury(session, reason)
            except Exception:
                log.exception("job.burial_failed", topic=claim.topic, job=claim.job_id)

    def _is_hopeless(self, claim: Claim, error: Exception) -> bool:
        if claim.every_seconds is not None:
            return False
        return isinstance(error, PermanentFailure) or claim.attempts >= self._tries_of(claim.topic)

    def _tries_of(self, topic: str) -> int:
        return self._tries.get(topic, DEFAULT_TRIES)


def _finish(session: Session, claim: Claim, needless: Needless | None = None) -> None:
    if not service.finish(session, claim, needless):
        raise _LostClaim


def _refuse_late(claim: Claim) -> None:
    # A process that slept meanwhile must not act on a job another one may have by now.
    if clock.now() > claim.lease_until:
        raise _LostClaim


def _first_line(error: Exception) -> str:
    # The first line only: what follows in a database error are the statement's parameters.
    lines = str(error).splitlines()
    text = lines[0] if lines else ""
    return text if isinstance(error, KnownFailure) else f"{type(error).__name__}: {text}"
