"""A customer asks for the link by mail, to go on with it later or on another device."""

from sqlalchemy.orm import Session

from sales_portal.history import service as history
from sales_portal.links import sending
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import contexts, flooding, headers
from sales_portal.messaging import service as messaging


def mail_to_customer(session: Session, link: CheckoutLink, *, to: str, url: str) -> None:
    """Mail `url`, the address they hold, to `to`; refuses with `Invalid` and `TooManyMails`.

    Anybody may type anybody's address, so the mail names nothing that is sold and nobody but the agent (V189). Needs
    agent, site and market loaded.
    """
    recipient = headers.one_address(to, "email").lower()
    flooding.refuse_too_many(session, recipient, is_staff=False)
    agent, site, language = link.agent, link.site, language_of(link)
    context = contexts.LinkSaved(
        brand=contexts.brand_of(site), agent=contexts.signature_of(agent, site), expires_at=link.expires_at)
    messaging.queue_mail(
        session, template="link-saved", to=recipient, to_name="",
        sender_name=sending.sender_name(agent, site, language), reply_to=sending.reply_to(agent, site),
        subject=link, context=context, by=history.CUSTOMER, url=url, locale=link.market.locale,
        time_zone=site.time_zone, language=language)
