"""Queueing mails in the caller's transaction, and writing down what became of them."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, update
from sqlalchemy.orm import Session

from sales_portal.core import clock, tokens
from sales_portal.core.translation import ENGLISH
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Subject
from sales_portal.history.service import SYSTEM, Actor, Reference
from sales_portal.messaging import headers, rendering
from sales_portal.messaging.models import BY_PEOPLE, Delivery
from sales_portal.messaging.rendering import STOP_PLACEHOLDER, URL_PLACEHOLDER
from sales_portal.outbox import service as outbox

SEND = "mail.send"
BOUNCED = "mail.bounced"
DELIVERED = "mail.delivered"
URL_PURPOSE = "delivery"
_DOMAIN_OF_IDS = "mail.sales-portal.invalid"
_SENT = (
    update(Delivery).where(Delivery.id == bindparam("delivery_id"), Delivery.state == "queued")
    .values(state="sent", sent_at=bindparam("at"))
    .returning(Delivery.subject_type, Delivery.subject_id, Delivery.template, Delivery.title, Delivery.recipient)
    .execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class Bodies:
    """A delivery's bodies with its secret address in place: for the recipient, and for staff permitted to see it."""

    text: str
    html: str


def queue_mail(session: Session, *, template: str, to: str, to_name: str, sender_name: str, reply_to: str | None,
               subject: Subject, context: Mapping[str, object], by: Actor, url: str | None = None,
               locale: str = "en", time_zone: str = "UTC", language: str = ENGLISH, stop_url: str | None = None,
               note: str = "") -> Delivery:
    """Send the mail `template` about `subject` once this transaction commits; nothing is sent before.

    As for `write_mail`.
    """
    delivery = write_mail(template=template, to=to, to_name=to_name, sender_name=sender_name, reply_to=reply_to,
                          subject=subject, context=context, url=url, locale=locale, time_zone=time_zone,
                          language=language, stop_url=stop_url, note=note)
    queue_written(session, [delivery], by=by)
    return delivery


def write_mail(*, template: str, to: str, to_name: str, sender_name: str, reply_to: str | None, subject: Subject,
               context: Mapping[str, object], url: str | None, locale: str, time_zone: str,
               language: str = ENGLISH, stop_url: str | None = None, note: str = "") -> Delivery:
    """The mail `template` about `subject`, ready for `queue_written`; the database is not asked.

    It is written in `language`, whichever is spoken now; a mail to one of the house stays English.

    `url` is the secret address behind the mail's button, and `stop_url` the one where its recipient says no to more
    of them: both are stored sealed, and placeholders in the bodies. `note` is what a person wrote themselves. The keys
    of `context` are in `contexts`. Raises `Invalid` for `to` or `reply_to` that is not one e-mail address.
    """
    values = dict(context) | {"url": URL_PLACEHOLDER if url is not None else None,
                              "stop_url": STOP_PLACEHOLDER if stop_url is not None else None}
    mail = rendering.render(template, values, locale=locale, time_zone=time_zone, language=language)
    return Delivery(
        template=template, subject_type=subject.__tablename__, subject_id=subject.id,
        recipient=headers.one_address(to, "to"), recipient_name=headers.display_name(to_name),
        sender_name=headers.display_name(sender_name),
        reply_to=headers.one_address(reply_to, "reply_to") if reply_to is not None else None,
        title=mail.title, body_text=mail.text, body_html=mail.html,
        sealed_url=_sealed(url), sealed_stop_url=_sealed(stop_url), note=note.replace("\x00", ""),
        message_id=f"<{tokens.new_public_id()}@{_DOMAIN_OF_IDS}>", state="queued", created_at=clock.now())


def queue_written(session: Session, mails: Sequence[Delivery], *, by: Actor) -> None:
    """Send `mails` once this transaction commits; nothing is sent before."""
    session.add_all(mails)
    session.flush()
    for mail in mails:
        history.record(session, EventName.MAIL_QUEUED, mail, by=by, **_facts_of(mail))
    outbox.put_all(session, [(SEND, (Delivery.__tablename__, mail.id)) for mail in mails])


def display_body(delivery: Delivery) -> Bodies:
    """The bodies as the recipient reads them, secret addresses included: ask who may see them first."""
    return fill(Bodies(delivery.body_text, delivery.body_html), unsealed_url(delivery), unsealed_stop_url(delivery))


def fill(bodies: Bodies, url: str | None, stop_url: str | None = None) -> Bodies:
    """Bodies with the addresses where their placeholders stand."""
    text, page = bodies.text, bodies.html
    for placeholder, address in ((URL_PLACEHOLDER, url), (STOP_PLACEHOLDER, stop_url)):
        if address is not None:
            text, page = text.replace(placeholder, address), page.replace(placeholder, html.escape(address))
    return Bodies(text, page)


def unsealed_url(delivery: Delivery) -> str | None:
    """The secret address of a delivery, or None where it has none."""
    return _unsealed(delivery.sealed_url)


def unsealed_stop_url(delivery: Delivery) -> str | None:
    """Where the recipient of a delivery says no to more of them, or None where there will be no more."""
    return _unsealed(delivery.sealed_stop_url)


def mark_sent(session: Session, delivery_id: int) -> bool:
    """The mail server, or the demo's mailbox, has taken a queued mail; False where it was not queued any more."""
    mail = session.execute(_SENT, {"delivery_id": delivery_id, "at": clock.now()}).one_or_none()
    if mail is None:
        return False
    about = Reference(Delivery.__tablename__, delivery_id)
    history.record(session, EventName.MAIL_SENT, about, by=SYSTEM, **_facts_of(mail))
    if mail.template in BY_PEOPLE:
        outbox.put_all(session, [(DELIVERED, (Delivery.__tablename__, delivery_id))])
    return True


def mark_failed(session: Session, delivery: Delivery, reason: str) -> None:
    """The mail will not arrive; `reason` says why in words, and the job `mail.bounced` lets higher rungs react."""
    delivery.state, delivery.failure = "failed", reason
    history.record(session, EventName.MAIL_FAILED, delivery, by=SYSTEM, reason=reason, **_facts_of(delivery))
    outbox.put(session, BOUNCED, (Delivery.__tablename__, delivery.id))


def _facts_of(mail: Delivery | Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {"context": Reference(mail.subject_type, mail.subject_id), "template": mail.template, "title": mail.title,
            "to": mail.recipient}


def _sealed(url: str | None) -> str | None:
    return tokens.seal(url, URL_PURPOSE) if url is not None else None


def _unsealed(sealed: str | None) -> str | None:
    return tokens.unseal(sealed, URL_PURPOSE) if sealed is not None else None
