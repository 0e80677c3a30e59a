"""From what an agent typed to one product: chosen from the list, an exact code, or the only one that matches."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.catalog import search as catalog
from sales_portal.core import clock
from sales_portal.core.errors import Refusal
from sales_portal.desk.forms.builder import LineForm
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Pricelist
from sales_portal.selections import entry, search
from sales_portal.selections.errors import NoMarket
from sales_portal.selections.models import Selection
from sales_portal.selections.search import Found

SHOWN = 20


class Picked(NamedTuple):
    """One product, and how many of it; None where no number was typed."""

    variant_id: int
    quantity: int | None


class NothingFound(Refusal):
    """No product is called so."""

    status = 422
    field = "q"
    message = "No product matches “{query}” in {pricelist}. Check the spelling or try the SKU."


class FoundElsewhere(NothingFound):
    """Nothing that is called so has a price here, but there is one in another pricelist."""

    message = "No product matches “{query}” in {pricelist}. {elsewhere}."


class NoneAddable(Refusal):
    """What is called so cannot be added as it is; each says why."""

    status = 422
    field = "q"
    message = "{reasons}."


class SeveralFound(Refusal):
    """More than one product is called so, and none of them has it as its code."""

    status = 422
    field = "q"
    message = "{count} products match “{query}”. Choose one."


class NothingTyped(Refusal):
    """There is nothing to look for."""

    status = 422
    field = "q"
    message = "Type a name, SKU or barcode"


def pick(session: Session, typed: LineForm, selection: Selection) -> Picked:
    """The product that was chosen or typed; refuses where none or several match, and quantities no line may hold."""
    wanted = entry.parse(typed.q.data or "")
    if typed.variant.data is not None:
        return Picked(typed.variant.data, wanted.quantity)
    if catalog.read(wanted.query).is_empty:
        raise NothingTyped if not wanted.query else NothingFound(query=wanted.query, pricelist=selection.pricelist.name)
    exact = catalog.exact(session, wanted.query)
    if exact is not None:
        return Picked(exact.id, wanted.quantity)
    all_found = search.find_products(session, wanted.query, selection)
    found = [product for product in all_found if product.is_addable]
    if not found:
        raise why_none(all_found, wanted.query, selection)
    if len(found) > 1:
        raise SeveralFound(query=wanted.query, count=len(found))
    return Picked(found[0].variant_id, wanted.quantity)


def why_none(found: Sequence[Found], query: str, selection: Selection) -> Refusal:
    """Why nothing of `found` can be added to `selection`: it is not there, has its price elsewhere, or has a reason."""
    elsewhere = sum(product.other_pricelist is not None for product in found)
    if elsewhere and elsewhere == len(found) and not any(product.is_exact for product in found):
        said = "1 matches in another pricelist" if elsewhere == 1 else f"{elsewhere} match in other pricelists"
        return FoundElsewhere(query=query, pricelist=selection.pricelist.name, elsewhere=said)
    if found:
        reasons = dict.fromkeys(product.reason for product in found)
        return NoneAddable(reasons=f"{found[0].title}: {found[0].reason}" if len(found) == 1 else ". ".join(reasons))
    return NothingFound(query=query, pricelist=selection.pricelist.name)


def pick_list(session: Session, text: str, pricelist: Pricelist) -> dict[int, int]:
    """The products of a pasted list, one code a line, as variant id → quantity; refuses the first unknown code."""
    entries = entry.parse_list(text)
    found = catalog.exact_many(session, [wanted.query for wanted in entries])
    picked: dict[int, int] = {}
    for wanted in entries:
        if wanted.query not in found:
            raise NothingFound(query=wanted.query, pricelist=pricelist.name)
        key, pack_size = found[wanted.query]
        quantity = entry.check_pack(wanted.quantity or pack_size, pack_size)
        picked[key] = entry.check_quantity(picked.get(key, 0) + quantity)
    return picked


def first_sale(session: Session, person: Staff) -> tuple[Market, Pricelist]:
    """Where and with which pricelist a selection of `person` for nobody in particular starts; refuses where nowhere."""
    at = clock.now()
    sold = (sale for sale in pricing.list_first_sale(session, person.site_id) if sale[1].is_in_force(at))
    found = next(sold, None)
    if found is None:
        raise NoMarket(site=person.site.name)
    return found


def nobodys_selection(session: Session, person: Staff) -> Selection:
    """What a selection of `person` would start as, to search with; it is not saved."""
    market, pricelist = first_sale(session, person)
    return Selection(market_id=market.id, market=market, pricelist_id=pricelist.id, pricelist=pricelist,
                     currency=pricelist.currency)
