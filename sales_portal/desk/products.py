"""Looking for products: the list under the search, and the same as a page of its own, which lists all at first."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from sqlalchemy import select

from sales_portal.accounts.permissions import Permission
from sales_portal.catalog.models import Variant
from sales_portal.core import paging
from sales_portal.core.errors import Invalid
from sales_portal.desk import picking, ways_out, workbench
from sales_portal.selections import entry, search
from sales_portal.selections.models import Selection
from sales_portal.selections.search import Found
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("products", __name__)


@blueprint.get("/selections/<number>/products")
@staff.permit(Permission.SELECTIONS_EDIT)
def index(number: str) -> Response:
    """What the typed text finds for this selection, with its prices and stock."""
    return _answer(workbench.load(number))


@blueprint.get("/products")
@staff.permit(Permission.SELECTIONS_EDIT)
def start() -> Response:
    """The same before there is a selection, with the prices and stock one would start with."""
    return _answer(picking.nobodys_selection(db.session(), staff.current_staff()))


def find(text: str, selection: Selection) -> list[Found]:
    """The best matches for what was typed, quantity and all."""
    return search.find_products(db.session(), _query(text), selection, picking.SHOWN)


def listed(found: list[Found], text: str, said: str, selection: Selection) -> str:
    """The list under the search; `said` is announced, and stands in it where nothing was found."""
    is_elsewhere = isinstance(picking.why_none(found, _query(text), selection), picking.FoundElsewhere)
    return render_template("desk/products/_results.html", products=found, status=said, empty_text=said, text=text,
                           is_elsewhere=is_elsewhere and selection.id is not None, ways_of=ways_out.said_of,
                           marked=lambda title: list(marked(title, _query(text))), selection=selection)


def _answer(selection: Selection) -> Response:
    text = request.args.get("q", "")
    if not text.strip() and not htmx.is_htmx():
        return _all(selection)
    found = find(text, selection)
    said = _said(found, text, selection)
    if htmx.is_htmx():
        return htmx.fragments(listed(found, text, said, selection))
    return _page(found, selection, text, said)


def _said(found: list[Found], text: str, selection: Selection) -> str:
    if not text.strip():
        return picking.NothingTyped().text
    if not any(product.is_addable for product in found):
        return picking.why_none(found, _query(text), selection).text
    return "1 product" if len(found) == 1 else f"{len(found)} products"


def _all(selection: Selection) -> Response:
    session = db.session()
    page = paging.read(session, select(Variant), Variant.id, request.args.get("before"))
    found = search.describe(session, [variant.id for variant in page.rows], selection)
    here: dict[str, Any] = {"number": selection.number} if selection.id else {}
    endpoint = ".index" if selection.id else ".start"
    return _page(found, selection, "", "Products, newest first", pages={
        "older_url": url_for(endpoint, before=page.older, **here) if page.older else "",
        "newest_url": "" if page.is_first else url_for(endpoint, **here)})


def _page(found: list[Found], selection: Selection, text: str, said: str, **shown: Any) -> Response:
    return make_response(render_template("desk/products/index.html", products=found, selection=selection, text=text,
                                         said=said, **shown))


def marked(title: str, text: str) -> Iterator[tuple[str, bool]]:
    """`title` in pieces, each with whether it is what was typed: the beginnings of its words."""
    words = [re.escape(word) for word in text.split() if word[0].isalnum()]
    if not words:
        yield title, False
        return
    pattern = re.compile(rf"(?<!\w)({'|'.join(sorted(words, key=len, reverse=True))})", re.IGNORECASE)
    for number, piece in enumerate(pattern.split(title)):
        if piece:
            yield piece, number % 2 == 1


def _query(text: str) -> str:
    try:
        return entry.parse(text).query
    except Invalid:
        return text.strip()
