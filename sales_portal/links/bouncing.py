"""What a link shows when its mail could not be delivered."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink

UNOPENED = ("not_sent", "sent", "delivered")


def mark_bounced(session: Session, link_id: int) -> None:
    """Let lists show that the mail did not arrive, unless the customer has opened the link all the same."""
    session.execute(
        update(CheckoutLink).where(CheckoutLink.id == link_id, CheckoutLink.progress.in_(UNOPENED))
        .values(progress="bounced").execution_options(synchronize_session=False))
