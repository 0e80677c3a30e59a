"""What the tests of mails stand on: a mail to send, servers that refuse or keep silent, and a worker that sends."""

import socket
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Conversation
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from structlog.testing import capture_logs

from sales_portal.core.money import Money
from sales_portal.history.models import Event
from sales_portal.history.service import Actor, Reference
from sales_portal.messaging import contexts, jobs, webhooks
from sales_portal.messaging import service as messaging
from sales_portal.messaging.mail import MailSettings, Smtp
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import Endpoint, WebhookAttempt, WebhookDelivery
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from tests import make
from tests.harness.mail import SMTPSink
from tests.harness.receiver import Receiver
from tests.harness.time import Clock

SECRET_URL = "https://shop.example/selection/00112233445566778899aabbccddeeff/Zm9vYmFyYmF6cXV4c2VjcmV0dG9rZW4wMTIzNDU2"
LINK = Reference("checkout_links", 87)
MARIA = Actor("staff", "Maria Lind", 3)
BRAND = contexts.Brand("Nordlight", "Nordlight AB", "Storgatan 1\n111 22 Stockholm", "#3848C8")
SIGNATURE = contexts.Signature("Maria Lind", "Maria", "ML", "Sales", "+46 8 123 456", "maria@nordlight.example")
SENDER = "sales@nordlight.example"


def link_ready(**changes: object) -> dict[str, object]:
    """The context of a mail with a link."""
    items = [contexts.Item("Oak chair, natural", 2, Money(240000, "SEK")),
             contexts.Item("Linen bag", 1, Money(31000, "SEK"))]
    context = contexts.LinkReady(
        brand=BRAND, agent=SIGNATURE, first_name="Anna", note="As we said.\nTwo chairs.", items=items, items_count=3,
        total=Money(276900, "SEK"), charges="delivery and tax included", expires_at=None)
    return dict(context) | changes


Queue = Callable[..., Delivery]
Read = Callable[[], Delivery]
Work = Callable[..., Loop]
Facts = Callable[[], list[Event]]
JobNow = Callable[[], Job]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[dict[str, object]]]:
    """What was logged during the test; nothing is printed."""
    with capture_logs() as entries:
        yield entries  # type: ignore[misc]


@pytest.fixture
def engine(portals_engine: Engine) -> Engine:
    """The database as the portal opens it."""
    return portals_engine


@pytest.fixture
def queue(engine: Engine) -> Queue:
    """`queue(to=…)` commits a mail with a link to Anna."""

    def queueing(**changes: object) -> Delivery:
        wanted: dict[str, object] = {
            "template": "link-ready", "to": "anna@example.com", "to_name": "Anna Svensson",
            "sender_name": "Maria at Nordlight", "reply_to": "maria@nordlight.example", "subject": LINK,
            "context": link_ready(), "url": SECRET_URL, "by": MARIA}
        with Session(engine, expire_on_commit=False) as session:
            delivery = messaging.queue_mail(session, **(wanted | changes))  # type: ignore[arg-type]
            session.commit()
            return delivery

    return queueing


@pytest.fixture
def delivery(engine: Engine) -> Read:
    """`delivery()` is the one delivery as it is stored now."""

    def read() -> Delivery:
        with Session(engine) as session:
            return session.scalars(select(Delivery)).one()

    return read


@pytest.fixture
def facts(engine: Engine) -> Facts:
    """`facts()` is the history, oldest first."""

    def read() -> list[Event]:
        with Session(engine) as session:
            return list(session.scalars(select(Event).order_by(Event.id)))

    return read


@pytest.fixture
def job(engine: Engine) -> JobNow:
    """`job()` is the job that sends, as it is stored now."""

    def read() -> Job:
        with Session(engine) as session:
            return session.scalars(select(Job).where(Job.topic == "mail.send")).one()

    return read


@pytest.fixture
def work(engine: Engine) -> Work:
    """`work(port)` is a worker that sends to the SMTP server on that port; without one, mails stay in the portal."""

    def working(port: int | None, **settings: object) -> Loop:
        if port is None:
            return Loop(engine, jobs.handlers(None))
        wanted = MailSettings("127.0.0.1", SENDER, port, **({"timeout": 2.0} | settings))  # type: ignore[arg-type]
        return Loop(engine, jobs.handlers(Smtp(Flask("mails"), wanted)))

    return working


class PickySink(SMTPSink):
    """An SMTP server that answers `RCPT TO` as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.recipient_answer = "250 fine"
        self.refused: list[str] = []
        self.hangs_up = False

    async def handle_RCPT(self, server: SMTP, session: Conversation, envelope: Envelope, address: str,  # noqa: N802
                          options: list[str]) -> str:
        """Take the recipient, or answer as the test wants."""
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        else:
            self.refused.append(address)
        return self.recipient_answer


    async def handle_QUIT(self, server: SMTP, session: Conversation, envelope: Envelope) -> str:  # noqa: N802
        """Say goodbye, or hang up as some servers do."""
        if self.hangs_up and server.transport is not None:
            server.transport.abort()
        return "221 Bye"


@pytest.fixture
def picky() -> Iterator[PickySink]:
    """A running SMTP server that may refuse recipients."""
    sink = PickySink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def send(session: Session, receiver: Receiver) -> Callable[..., None]:
    """`send()` hands over every message that is due, to the receiver or to those it is given."""

    def sending(receivers: Receivers | None = None) -> None:
        session.commit()
        Loop(sessionmaker(session.get_bind()), webhooks.handlers(receivers or receiver.receivers)).run_once()
        session.expire_all()

    return sending


@pytest.fixture
def endpoint(session: Session, receiver: Receiver) -> Endpoint:
    """The receiver, as the portal knows it."""
    return make.endpoint(session, receiver.url, receivers=receiver.receivers)


def tries(session: Session, delivery: WebhookDelivery) -> list[tuple[int, int | None, str]]:
    """What came of each try: its number, the answer, or why there was none."""
    session.expire_all()
    query = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id).order_by(WebhookAttempt.attempt)
    return [(one.attempt, one.status_code, one.problem) for one in session.scalars(query)]


def work_off(session: Session, send: Callable[[], None], clock: Clock) -> None:
    """Try what waits whenever it is due, until nothing is left."""
    waiting = select(func.min(Job.not_before)).where(
        Job.topic == webhooks.DELIVER, Job.done_at.is_(None), Job.dead_at.is_(None))
    session.commit()
    while (due := session.scalar(waiting)) is not None:
        clock.set(max(clock.now(), due))
        send()
