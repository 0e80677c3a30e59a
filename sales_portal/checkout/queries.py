"""Finding a visitor's private copy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, exists, null, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from sales_portal.catalog.models import CustomField, CustomFieldProduct, Variant
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine, VisitorSession
from sales_portal.core import clock, tokens
from sales_portal.core.db import UTCDateTime
from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import know
from sales_portal.inventory.models import Stock
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.pricing import queries as price_rules
from sales_portal.pricing.models import ShippingMethod
from sales_portal.pricing.queries import CountryTerms

VISITORS = cast(Table, VisitorSession.__table__)
IS_LIVING = and_(VISITORS.c.token_sha256 == bindparam("visitor"),
                 VISITORS.c.expires_at > bindparam("at", type_=UTCDateTime))
"""Whether a row of `VISITORS` is the session behind a cookie; `living` gives what it asks for."""

_VISITOR = select(VisitorSession).where(IS_LIVING)

_ENDED_VISITOR = (
    select(VisitorSession).join(CheckoutSession, CheckoutSession.visitor_session_id == VisitorSession.id)
    .where(VISITORS.c.token_sha256 == bindparam("visitor"),
           VISITORS.c.expires_at <= bindparam("at", type_=UTCDateTime),
           CheckoutSession.link_id == bindparam("link_id"), CheckoutSession.status.in_(("open", "expired"))))

_VISIT = (
    select(CheckoutSession).join(VisitorSession, VisitorSession.id == CheckoutSession.visitor_session_id)
    .outerjoin(CheckoutSession.shipping_method)
    .options(contains_eager(CheckoutSession.shipping_method), lazyload(CheckoutSession.lines))
    .where(IS_LIVING, CheckoutSession.link_id == bindparam("link_id")))

COPIES, LINES, METHODS = (
    cast(Table, model.__table__) for model in (CheckoutSession, CheckoutSessionLine, ShippingMethod))
COPY, _LINE = Reading(CheckoutSession), Reading(CheckoutSessionLine)
# What pages say of the way a copy is delivered.
_METHOD = Reading(ShippingMethod, ShippingMethod.min_days, ShippingMethod.max_days, ShippingMethod.needs_phone)
COPY_COLUMNS = (*COPY.columns, *_METHOD.columns)
"""What `delivered` reads."""


IS_THEIRS = and_(COPIES.c.visitor_session_id == VISITORS.c.id, COPIES.c.link_id == links.LINKS.c.id)
IS_CHOSEN = METHODS.c.id == COPIES.c.shipping_method_id
_QUESTIONS, _ASKED = cast(Table, CustomField.__table__), cast(Table, CustomFieldProduct.__table__)
_HAS_QUESTIONS = exists(select(_QUESTIONS.c.id).where(_QUESTIONS.c.level == "checkout"))


def _with_visit(found: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """`found` with the visitor's copy of the link, the way it is delivered, and what is asked beside who and where."""
    has_seats = (
        select(LINES.c.line_no)
        .where(LINES.c.checkout_session_id == COPIES.c.id, LINES.c.product_kind == "training")
        .correlate(COPIES).exists())
    has_line_fields = (
        select(LINES.c.line_no).join(_ASKED, _ASKED.c.product_id == LINES.c.product_id)
        .where(LINES.c.checkout_session_id == COPIES.c.id).correlate(COPIES).exists())
    return (
        found.add_columns(*COPY_COLUMNS, _HAS_QUESTIONS.label("has_questions"), has_seats.label("has_seats"),
                          has_line_fields.label("has_line_fields"))
        .outerjoin(VISITORS, IS_LIVING).outerjoin(COPIES, IS_THEIRS).outerjoin(METHODS, IS_CHOSEN))


_VISITED, _VISITED_PAGE = _with_visit(links.ADDRESSED), _with_visit(links.SHOWN)

_LINES = (select(*_LINE.columns).where(LINES.c.checkout_session_id == bindparam("visit_id"))
          .order_by(LINES.c.line_no))

_PACKS, _STOCK = cast(Table, Variant.__table__), cast(Table, Stock.__table__)
_ADDED = (
    select(LINES.c.line_no, _PACKS.c.pack_size, (_STOCK.c.on_hand - _STOCK.c.held).label("left"))
    .join_from(LINES, _PACKS, _PACKS.c.id == LINES.c.variant_id).outerjoin(_STOCK, _STOCK.c.id == LINES.c.stock_id)
    .where(LINES.c.checkout_session_id == bindparam("visit_id"), LINES.c.is_added))
_ADDED_TITLES = (
    select(LINES.c.checkout_session_id, LINES.c.quantity, LINES.c.title)
    .where(LINES.c.checkout_session_id.in_(bindparam("visit_ids", expanding=True)), LINES.c.is_added)
    .order_by(LINES.c.line_no))

_OFFERED_LINES = cast(Table, CheckoutLinkLine.__table__)
_OFFERED = [column for column in _OFFERED_LINES.c if column.name != "link_id"]
_TERMS = price_rules.TERMS.subquery()
# Two questions in one: a row is a line of the link, or one of the terms, which has no line number. The nulls have a
# type, without which PostgreSQL would take them for text.
_OFFER = union_all(
    select(*_OFFERED, *(sql_cast(null(), column.type).label(name) for name, column in price_rules.TERM.items()))
    .where(_OFFERED_LINES.c.link_id == bindparam("link_id")),
    select(*(_TERMS.c.tax_class if column.name == "tax_class" else sql_cast(null(), column.type)
             for column in _OFFERED), *(_TERMS.c[name] for name in price_rules.TERM)))

LOCKED = (
    select(*links.LINK.columns, *links.SITE.columns, *COPY.columns)
    .select_from(links.LINKS_WITH_SITES.join(COPIES, COPIES.c.link_id == links.LINKS.c.id))
    .where(COPIES.c.id == bindparam("visit_id")).with_for_update(of=(links.LINKS, COPIES)))
"""A copy and its link (site loaded), read under locks that are taken in this order: link, copy; see `locked`."""


def get_visitor(session: Session, token: str | None) -> VisitorSession | None:
    """The living visitor session behind a cookie's token, or None."""
    return session.scalars(_VISITOR, living(token)).first() if token else None


def get_ended_visitor(session: Session, link_id: int, token: str) -> VisitorSession | None:
    """The session `token` once named, now over, where it has a copy of this link that was neither bought nor voided."""
    return session.scalars(_ENDED_VISITOR, living(token) | {"link_id": link_id}).first()


def get_visit(session: Session, link_id: int, visitor_token: str | None) -> CheckoutSession | None:
    """This visitor's copy of a link, whatever its status; None without a living session. Its lines load when asked."""
    if not visitor_token:
        return None
    return session.scalars(_VISIT, living(visitor_token) | {"link_id": link_id}).one_or_none()


@dataclass(frozen=True, slots=True)
class Found:
    """A link a customer holds an address of, and this visitor's copy of it.

    `has_questions` of the house's own; `has_seats` of a training in the copy; `has_line_fields` of a line of it.
    """

    link: CheckoutLink
    visit: CheckoutSession | None
    has_questions: bool
    has_seats: bool
    has_line_fields: bool


def find_link(session: Session, public_id: str, token: str, visitor_token: str | None, *,
              for_page: bool) -> Found | None:
    """A link by its address with this visitor's copy, in one statement; see `links.find_link`."""
    row = session.execute(_VISITED_PAGE if for_page else _VISITED,
                          living(visitor_token or "") | {
                              "public_id": public_id, "digest": tokens.digest(token)}).first()
    link = links.proven(session, row, token, for_page=for_page)
    if link is None or row is None:
        return None
    start = links.SHOWN_WIDTH if for_page else links.ADDRESSED_WIDTH
    return Found(link, delivered(session, row, start=start), row.has_questions, row.has_seats,
                 row.has_line_fields)


def delivered(session: Session, row: Sequence[Any], *, start: int, is_locked: bool = False) -> CheckoutSession | None:
    """The copy, with the way it is delivered, that stand in a row from column `start` on; afresh if it is locked."""
    visit: CheckoutSession | None
    visit, method = read(session, row, COPY, _METHOD, start=start, afresh=is_locked)
    if visit is not None:
        know(visit, shipping_method=method)
    return visit


def living(token: str) -> dict[str, object]:
    """The values of `IS_LIVING` for a cookie's token."""
    return {"visitor": tokens.digest(token), "at": clock.now()}


def read_offer(session: Session, link: CheckoutLink, country: str) -> tuple[list[Row[Any]], CountryTerms]:
    """The lines of a link in order, as rows with what a `CheckoutLinkLine` has, and what holds for `country`."""
    rows = session.execute(_OFFER, {"link_id": link.id, "market_id": link.market_id, "country": country}).all()
    lines = sorted((row for row in rows if row.line_no is not None), key=lambda row: row.line_no)
    return lines, price_rules.terms_of(country, [row for row in rows if row.line_no is None])


def load_lines(session: Session, visit: CheckoutSession) -> None:
    """See to it that the lines of a copy are loaded, for less than asking the copy for them costs."""
    if "lines" not in visit.__dict__:
        rows = session.execute(_LINES, {"visit_id": visit.id}).all()
        set_committed_value(visit, "lines", [_LINE.row(session, row) for row in rows])


def list_added(session: Session, visit_id: int) -> dict[int, tuple[int, int | None]]:
    """By line, how many of what the customer added are a pack, and what is left; None for what does not run out."""
    rows = session.execute(_ADDED, {"visit_id": visit_id}).all()
    return {row.line_no: (row.pack_size, row.left) for row in rows}


def list_added_titles(session: Session, visit_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """By copy, how many of what the customer added to it, in one statement."""
    found: dict[int, list[tuple[int, str]]] = {}
    for row in session.execute(_ADDED_TITLES, {"visit_ids": list(visit_ids)}):
        found.setdefault(row.checkout_session_id, []).append((row.quantity, row.title))
    return found


def get_shipping_method(session: Session, visit_id: int) -> ShippingMethod | None:
    """The way to deliver a private copy took, or None where nothing was delivered."""
    return session.scalars(
        select(ShippingMethod).join(CheckoutSession, CheckoutSession.shipping_method_id == ShippingMethod.id)
        .where(CheckoutSession.id == visit_id)).first()


def lock_link_and_visit(session: Session, visit_id: int) -> tuple[CheckoutLink, CheckoutSession]:
    """A copy and its link (site loaded), read afresh under locks that are taken in this order: link, copy."""
    return locked(session, session.execute(LOCKED, {"visit_id": visit_id}).one())


def locked(session: Session, row: Sequence[Any]) -> tuple[CheckoutLink, CheckoutSession]:
    """The link (site loaded) and the copy of a row of `LOCKED`, afresh."""
    link = links.sited(session, row, start=0, is_locked=True)
    visit: CheckoutSession
    (visit,) = read(session, row, COPY, start=links.LINK.width + links.SITE.width, afresh=True)
    return link, visit


def list_visits_of_link(session: Session, link_id: int, limit: int = 20) -> list[CheckoutSession]:
    """The newest copies of a link, for its page in the desk."""
    return list(session.scalars(
        select(CheckoutSession).options(joinedload(CheckoutSession.shipping_method))
        .where(CheckoutSession.link_id == link_id).order_by(CheckoutSession.id.desc()).limit(limit)))
