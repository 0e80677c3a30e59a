"""Finding links, by number for staff and by secret address for customers."""

from collections.abc import Sequence

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from sales_portal.core import tokens
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink, CheckoutLinkDiscount, CheckoutLinkLine, LinkAddress

_NOBODY = tokens.digest("a token that was never given out")

# Statements of a customer's every step are built once: building one takes longer than running it.
ADDRESSES = (
    select(LinkAddress).join(LinkAddress.link).where(LinkAddress.public_id == bindparam("public_id"))
    .options(contains_eager(LinkAddress.link).options(
        joinedload(CheckoutLink.agent), joinedload(CheckoutLink.site), joinedload(CheckoutLink.market),
        joinedload(CheckoutLink.customer))))
"""The address with a `public_id`, with its link and everything a public page names."""

_LOCKED_ADDRESS = (ADDRESSES.where(LinkAddress.token_sha256 == bindparam("digest")).with_for_update(of=CheckoutLink)
                   .execution_options(populate_existing=True))

_LINES_WITH_STOCK = (
    select(CheckoutLinkLine, Stock.on_hand - Stock.held).outerjoin(Stock, Stock.id == CheckoutLinkLine.stock_id)
    .where(CheckoutLinkLine.link_id == bindparam("link_id")).order_by(CheckoutLinkLine.line_no))

_LINES = (select(CheckoutLinkLine).where(CheckoutLinkLine.link_id == bindparam("link_id"))
          .order_by(CheckoutLinkLine.line_no))

_DISCOUNTS = (select(CheckoutLinkDiscount).where(CheckoutLinkDiscount.link_id == bindparam("link_id"))
              .options(joinedload(CheckoutLinkDiscount.discount)).order_by(CheckoutLinkDiscount.position))

_LOCKED = (select(CheckoutLink).where(CheckoutLink.id == bindparam("link_id")).options(joinedload(CheckoutLink.site))
           .with_for_update(of=CheckoutLink).execution_options(populate_existing=True))

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
                 joinedload(CheckoutLink.selection),
                 selectinload(CheckoutLink.addresses), selectinload(CheckoutLink.lines))).first()


def id_of(number: str) -> int | None:
    """The row behind `L-2087`, or None where that is no link number."""
    digits = number.removeprefix("L-")
    return int(digits) - 2000 if digits.isdecimal() and len(digits) < 15 else None


def list_links() -> Select[CheckoutLink]:
    """All links with agent and customer, for a list to narrow and page."""
    return select(CheckoutLink).options(joinedload(CheckoutLink.agent), joinedload(CheckoutLink.customer))


def list_of_selection(session: Session, selection_id: int, most: int = 20) -> Sequence[CheckoutLink]:
    """The newest links made of a selection, newest first."""
    return session.scalars(_OF_SELECTION, {"selection_id": selection_id, "most": most}).all()


def find_address(session: Session, public_id: str, token: str) -> LinkAddress | None:
    """The address a customer holds, with its link; None for an unknown id and for a wrong token alike.

    Both fail after the same work: one look-up and one comparison of digests.
    """
    return prove(session.scalars(ADDRESSES, {"public_id": public_id}).first(), token)


def lock_address(session: Session, public_id: str, token: str) -> LinkAddress | None:
    """The address a customer holds, with its link's row locked and read afresh; None as for `find_address`.

    The digest is part of the question, so that nobody locks a link without its secret.
    """
    found = session.scalars(_LOCKED_ADDRESS, {"public_id": public_id, "digest": tokens.digest(token)}).first()
    return prove(found, token)


def prove(address: LinkAddress | None, token: str) -> LinkAddress | None:
    """`address` where `token` is its secret; the same comparison is made where there is none."""
    return address if is_secret(token, address.token_sha256 if address is not None else None) else None


def is_secret(token: str, digest: str | None) -> bool:
    """Whether `token` is the secret with this digest; None, where there is no such address, takes the same work."""
    return tokens.matches(token, digest or _NOBODY)


def list_discounts(session: Session, link_id: int) -> Sequence[CheckoutLinkDiscount]:
    """The discounts of a link as it froze them, with the stored ones as they are now, in order."""
    return session.scalars(_DISCOUNTS, {"link_id": link_id}).all()


def list_lines(session: Session, link_id: int) -> Sequence[CheckoutLinkLine]:
    """A link's frozen lines in order."""
    return session.scalars(_LINES, {"link_id": link_id}).all()


def list_lines_with_stock(session: Session, link_id: int) -> list[tuple[CheckoutLinkLine, int | None]]:
    """A link's lines with what is available of each now; None where nothing can run out."""
    rows = session.execute(_LINES_WITH_STOCK, {"link_id": link_id}).all()
    return [(line, available) for line, available in rows]


def lock_link(session: Session, link_id: int) -> CheckoutLink:
    """The link's row with its site, locked and read afresh: the first lock of every claim and every order."""
    return session.scalars(_LOCKED, {"link_id": link_id}).one()


def get_newer_address(session: Session, link: CheckoutLink) -> LinkAddress | None:
    """The address of the link that replaced `link`, only where it was made for the same customer."""
    if link.replaced_by_id is None or link.customer_id is None:
        return None
    return session.scalars(
        select(LinkAddress).join(LinkAddress.link)
        .where(CheckoutLink.id == link.replaced_by_id, CheckoutLink.customer_id == link.customer_id)
        .options(contains_eager(LinkAddress.link).joinedload(CheckoutLink.site)).order_by(LinkAddress.id)).first()
