"""Finding links, by number for staff and by secret address for customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Row, Select, Table, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from sales_portal.accounts.models import Staff
from sales_portal.core import tokens
from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import know
from sales_portal.customers.models import Customer
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink, CheckoutLinkDiscount, CheckoutLinkLine, LinkAddress
from sales_portal.links.state import LinkState
from sales_portal.markets.models import Market
from sales_portal.sites.models import Site

_NOBODY = tokens.digest("a token that was never given out")

# Statements of a customer's every step are built once: building one takes longer than running it. What belongs
# together is read as columns of one row: loading it as relations costs far more.
LINK = Reading(CheckoutLink)
SITE = Reading(Site, Site.slug, Site.name, Site.legal_name, Site.postal_address, Site.country, Site.email, Site.phone,
               Site.returns_url, Site.time_zone, Site.languages, Site.waives_included_tax, Site.tax_on_shipping,
               Site.answers_within_hours, Site.is_in_maintenance, Site.requires_sign_in, Site.brand_color,
               Site.corners, Site.font, Site.own_font, Site.tints_header, Site.logo_light, Site.logo_dark,
               Site.footer_links, Site.has_terms, Site.has_privacy, Site.has_returns, Site.payment_methods,
               Site.invoice_days)
_AGENT = Reading(Staff, Staff.name, Staff.is_active, Staff.email, Staff.phone, Staff.photo)
_MARKET = Reading(Market, Market.locale)
LINKS, _SITES, _STAFF, _MARKETS, _ADDRESSES = (
    cast(Table, model.__table__) for model in (CheckoutLink, Site, Staff, Market, LinkAddress))
LINKS_WITH_SITES = LINKS.join(_SITES, _SITES.c.id == LINKS.c.site_id)

ADDRESSED: Select[*tuple[Any, ...]] = (
    select(_ADDRESSES.c.token_sha256, *LINK.columns, *SITE.columns).select_from(_ADDRESSES)
    .join(LINKS, LINKS.c.id == _ADDRESSES.c.link_id).join(_SITES, _SITES.c.id == LINKS.c.site_id)
    .where(_ADDRESSES.c.public_id == bindparam("public_id"), _ADDRESSES.c.token_sha256 == bindparam("digest")))
"""The digest, the link and the site behind the address with a `public_id` whose secret has the `digest`.

It is part of the question, so that a wrong secret brings no row to read, as an unknown id does, and locks nothing.
"""

SHOWN: Select[*tuple[Any, ...]] = (
    ADDRESSED.add_columns(*_AGENT.columns, *_MARKET.columns).join(_STAFF, _STAFF.c.id == LINKS.c.agent_id)
    .join(_MARKETS, _MARKETS.c.id == LINKS.c.market_id))
"""The same with the agent and the market, which every page names."""

ADDRESSED_WIDTH, SHOWN_WIDTH = len(ADDRESSED.selected_columns), len(SHOWN.selected_columns)

LOCKED_ADDRESS = ADDRESSED.with_for_update(of=LINKS)
"""The link of an address, locked."""

_NAMED = (
    select(*_AGENT.columns, *_MARKET.columns).select_from(_STAFF)
    .join(_MARKETS, _MARKETS.c.id == bindparam("market_id")).where(_STAFF.c.id == bindparam("agent_id")))

_LINE = cast(Table, CheckoutLinkLine.__table__)
_STOCK = cast(Table, Stock.__table__)
_LINES_WITH_STOCK = (
    select(_LINE, (_STOCK.c.on_hand - _STOCK.c.held).label("available"))
    .select_from(_LINE.outerjoin(_STOCK, _STOCK.c.id == _LINE.c.stock_id))
    .where(_LINE.c.link_id == bindparam("link_id")).order_by(_LINE.c.line_no))

_LINES = (select(CheckoutLinkLine).where(CheckoutLinkLine.link_id == bindparam("link_id"))
          .order_by(CheckoutLinkLine.line_no))

_DISCOUNTS = (select(CheckoutLinkDiscount).where(CheckoutLinkDiscount.link_id == bindparam("link_id"))
              .options(joinedload(CheckoutLinkDiscount.discount)).order_by(CheckoutLinkDiscount.position))

_LOCKED = (select(*LINK.columns, *SITE.columns).select_from(LINKS_WITH_SITES)
           .where(LINKS.c.id == bindparam("link_id")).with_for_update(of=LINKS))

_OF_SELECTION = (select(CheckoutLink).where(CheckoutLink.selection_id == bindparam("selection_id"))
                 .order_by(CheckoutLink.id.desc()).limit(bindparam("most", type_=Integer)))


def get_link(session: Session, number: str) -> CheckoutLink | None:
    """The link with the number people say (`L-2087`), with everything its page shows."""
    key = id_of(number)
    if key is None:
        return None
    return session.scalars(
        select(CheckoutLink).where(CheckoutLink.id == key)
        .options(joinedload(CheckoutLink.agent), joinedload(CheckoutLink.site), joinedload(CheckoutLink.customer),
                 joinedload(CheckoutLink.market), joinedload(CheckoutLink.pricelist),
                 joinedload(CheckoutLink.selection), joinedload(CheckoutLink.addresses),
                 selectinload(CheckoutLink.lines))).unique().one_or_none()


def id_of(number: str) -> int | None:
    """The row behind `L-2087`, or None where that is no link number."""
    digits = number.removeprefix("L-")
    return int(digits) - 2000 if digits.isdecimal() and len(digits) < 15 else None


def list_links() -> Select[CheckoutLink]:
    """All links with agent, customer, site and selection, for a list to narrow and page."""
    return select(CheckoutLink).options(
        joinedload(CheckoutLink.agent), joinedload(CheckoutLink.customer), joinedload(CheckoutLink.site),
        joinedload(CheckoutLink.selection))


def is_in_state(state: LinkState, at: datetime) -> ColumnElement[bool]:
    """The condition under which a stored link is in `state` at `at`; says in SQL what `links.state.state_at` says."""
    link = CheckoutLink
    consumed, replaced = link.status == "consumed", link.replaced_by_id.is_not(None)
    over = or_(link.status == "expired", and_(link.status == "active", link.expires_at.is_not(None),
                                              link.expires_at <= at))
    living, later = is_living(at), or_(link.waits_for_stock, and_(link.starts_at.is_not(None), link.starts_at > at))
    return {
        LinkState.USED_UP: and_(consumed, link.policy == "reusable"),
        LinkState.PAID: and_(consumed, link.policy != "reusable"),
        LinkState.REPLACED: and_(~consumed, replaced),
        LinkState.REVOKED: and_(link.status == "revoked", ~replaced),
        LinkState.EXPIRED: and_(over, ~replaced),
        LinkState.PAUSED: and_(living, link.paused_at.is_not(None)),
        LinkState.SCHEDULED: and_(living, link.paused_at.is_(None), later),
        LinkState.ACTIVE: and_(living, link.paused_at.is_(None), ~later),
    }[state]


def is_living(at: datetime) -> ColumnElement[bool]:
    """The condition under which customers can use a stored link at `at`, or will be able to."""
    link = CheckoutLink
    return and_(link.status == "active", link.replaced_by_id.is_(None),
                or_(link.expires_at.is_(None), link.expires_at > at))


def list_of_selection(session: Session, selection_id: int, most: int = 20) -> Sequence[CheckoutLink]:
    """The newest links made of a selection, newest first."""
    return session.scalars(_OF_SELECTION, {"selection_id": selection_id, "most": most}).all()


def find_link(session: Session, public_id: str, token: str, *, for_page: bool = False) -> CheckoutLink | None:
    """The link a customer holds an address of, with its site; None for an unknown id and for a wrong token alike.

    Both fail after the same work: one look-up and one comparison of digests. `for_page` brings the agent and the
    market along.
    """
    found = session.execute(SHOWN if for_page else ADDRESSED,
                            {"public_id": public_id, "digest": tokens.digest(token)}).first()
    return proven(session, found, token, for_page=for_page)


def lock_addressed(session: Session, public_id: str, token: str) -> CheckoutLink | None:
    """The link of an address, with its site, its row locked and read afresh; None as for `find_link`."""
    found = session.execute(LOCKED_ADDRESS, {"public_id": public_id, "digest": tokens.digest(token)}).first()
    return proven(session, found, token, is_locked=True)


def proven(session: Session, row: Row[*tuple[Any, ...]] | None, token: str, *, for_page: bool = False,
           is_locked: bool = False) -> CheckoutLink | None:
    """The link of a row of `ADDRESSED`, or `for_page` of `SHOWN`, where `token` is its secret; afresh if locked."""
    if not is_secret(token, row.token_sha256 if row is not None else None) or row is None:
        return None
    link = sited(session, row, start=1, is_locked=is_locked)
    if for_page:
        _name(session, link, row[ADDRESSED_WIDTH:SHOWN_WIDTH])
    return link


def sited(session: Session, row: Sequence[Any], *, start: int, is_locked: bool) -> CheckoutLink:
    """The link with its site that stand in a row from column `start` on; afresh if it is locked."""
    link: CheckoutLink
    link, site = read(session, row, LINK, SITE, start=start, afresh=is_locked)
    know(link, site=site)
    return link


def name_people(session: Session, link: CheckoutLink) -> None:
    """See to it that the agent and the market of `link` are loaded, which every page names."""
    if "agent" not in link.__dict__ or "market" not in link.__dict__:
        _name(session, link, session.execute(_NAMED, {"agent_id": link.agent_id, "market_id": link.market_id}).one())


def _name(session: Session, link: CheckoutLink, row: Sequence[Any]) -> None:
    agent, market = read(session, row, _AGENT, _MARKET)
    know(link, agent=agent, market=market)


def name_customer(session: Session, link: CheckoutLink) -> None:
    """See to it that the customer of `link` is loaded."""
    know(link, customer=session.get(Customer, link.customer_id) if link.customer_id else None)


def is_secret(token: str, digest: str | None) -> bool:
    """Whether `token` is the secret with this digest; None, where there is no such address, takes the same work."""
    return tokens.matches(token, digest or _NOBODY)


def list_discounts(session: Session, link_id: int) -> Sequence[CheckoutLinkDiscount]:
    """The discounts of a link as it froze them, with the stored ones as they are now, in order."""
    return session.scalars(_DISCOUNTS, {"link_id": link_id}).all()


def list_lines(session: Session, link_id: int) -> Sequence[CheckoutLinkLine]:
    """A link's frozen lines in order."""
    return session.scalars(_LINES, {"link_id": link_id}).all()


def list_lines_with_stock(session: Session, link_id: int) -> list[tuple[Row[Any], int | None]]:
    """A link's lines, as rows, with what is available of each now; None where nothing can run out."""
    return [(row, row.available) for row in session.execute(_LINES_WITH_STOCK, {"link_id": link_id})]


def lock_link(session: Session, link_id: int) -> CheckoutLink:
    """The link's row with its site, locked and read afresh: the first lock of every claim and every order."""
    return sited(session, session.execute(_LOCKED, {"link_id": link_id}).one(), start=0, is_locked=True)


def get_newer_address(session: Session, link: CheckoutLink, public_id: str) -> LinkAddress | None:
    """Where who holds the address `public_id` of `link` finds the newest link in its place: their own address of it.

    Only where all were made for the same customer; whom an address was not given to by name is led to the first one.
    """
    recipient = session.scalars(select(LinkAddress.recipient).where(LinkAddress.public_id == public_id)).first()
    customer = session.get(Customer, link.customer_id) if link.customer_id is not None else None
    is_customers = recipient is None or (customer is not None and recipient == (customer.email or "").lower())
    newer: LinkAddress | None = None
    next_id, seen = link.replaced_by_id, {link.id}
    while next_id is not None and link.customer_id is not None and next_id not in seen:
        seen.add(next_id)
        newer = session.scalars(
            select(LinkAddress).join(LinkAddress.link)
            .where(CheckoutLink.id == next_id, CheckoutLink.customer_id == link.customer_id)
            .options(contains_eager(LinkAddress.link).joinedload(CheckoutLink.site))
            .order_by(case((LinkAddress.recipient == recipient, 0), else_=1), LinkAddress.id)).first()
        next_id = newer.link.replaced_by_id if newer is not None else None
    return newer if is_customers or (newer is not None and newer.recipient == recipient) else None
