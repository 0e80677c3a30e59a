"""One product: what it costs and how many there are, and on a tab the links that hold it."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.catalog import queries as catalog
from sales_portal.catalog.models import Product
from sales_portal.core import clock, paging
from sales_portal.core.errors import NotFound
from sales_portal.desk import picking, scope
from sales_portal.links.models import CheckoutLink
from sales_portal.reports import product_card
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("product_pages", __name__, url_prefix="/products/<int:product_id>")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS)
def show(product_id: int) -> Response:
    """The product's variants, with price and stock of where the reader's selections start."""
    return _answer("show", _load(product_id))


@blueprint.get("/links")
@staff.permit(Permission.LINKS)
def list_links(product_id: int) -> Response:
    """The links within reach that hold the product, newest first, and a way to begin another."""
    product = _load(product_id)
    found = scope.narrow(product_card.list_links(product.id), CheckoutLink.agent_id, staff.current_staff(),
                         staff.reach())
    page = paging.read(db.session(), found, CheckoutLink.id, request.args.get("before"))
    return _answer("links", product, page=page, at=clock.now())


def _load(product_id: int) -> Product:
    product = catalog.get_product(db.session(), product_id)
    if product is None:
        raise NotFound(thing="this product")
    return product


def _answer(tab: str, product: Product, **shown: Any) -> Response:
    person, session = staff.current_staff(), db.session()
    selling = picking.nobodys_selection(session, person)
    return make_response(render_template(
        f"desk/products/{tab}.html", product=product, tab=tab, selling=selling,
        variants=product_card.list_variants(session, product, selling.market_id, selling.pricelist_id),
        may_see_links=person.may(Permission.LINKS),
        may_start=person.may(Permission.SELECTIONS_EDIT) and product.is_published, **shown))
