"""What a person must look at: raised and told once while it stays so, and ended when it does no longer."""

from collections.abc import Collection, Mapping

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.writing import add_once
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox import service as outbox

RAISED = "alert.raised"
"""The topic that tells people of a new alert."""
_TEXT_LENGTH, _ABOUT_LENGTH = 1000, 160

log = structlog.get_logger()


def raise_alert(session: Session, code: str, text: str, about: str = "") -> bool:
    """Raise an alert, log it and have people told, unless the same is open already; True where it is new."""
    about = about[:_ABOUT_LENGTH]
    if session.scalar(select(Alert.id).where(Alert.code == code, Alert.about == about, Alert.ended_at.is_(None))):
        return False
    alert = Alert(code=code, about=about, text=text[:_TEXT_LENGTH], raised_at=clock.now())
    if not add_once(session, alert):
        return False
    outbox.put(session, RAISED, (Alert.__tablename__, alert.id))
    log.error("alert.raised", code=code, about=about, text=text[:_TEXT_LENGTH])
    return True


def raise_once(session: Session, code: str, text: str, about: str) -> bool:
    """`raise_alert` for what stays so after somebody has settled it: a thing that was ever raised is not again."""
    if session.scalar(select(Alert.id).where(Alert.code == code, Alert.about == about[:_ABOUT_LENGTH]).limit(1)):
        return False
    return raise_alert(session, code, text, about)


def end_alert(session: Session, code: str, about: str = "") -> None:
    """The matter is settled: end its alert where one is open."""
    session.execute(update(Alert).where(Alert.code == code, Alert.about == about[:_ABOUT_LENGTH],
                                        Alert.ended_at.is_(None)).values(ended_at=clock.now()))


def follow(session: Session, found: Mapping[tuple[str, str], str], among: Collection[str]) -> None:
    """Raise an alert for all that was `found` (code and what it is about → text), and end those of the codes `among`
    that were not."""
    for (code, about), words in found.items():
        raise_alert(session, code, words, about)
    still = {(code, about[:_ABOUT_LENGTH]) for code, about in found}
    for alert in list_open(session):
        if alert.code in among and (alert.code, alert.about) not in still:
            end_alert(session, alert.code, alert.about)


def list_open(session: Session) -> list[Alert]:
    """What is not settled, newest first."""
    return list(session.scalars(select(Alert).where(Alert.ended_at.is_(None)).order_by(Alert.id.desc())))
