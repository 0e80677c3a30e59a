"""Looking for products: the list under the search, and the same as a page of its own."""

import re
from collections.abc import Iterator

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
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
    return render_template("desk/products/_results.html", products=found, status=said, empty_text=said,
                           marked=lambda title: list(marked(title, _query(text))), ways_of=ways_out.said_of,
                           selection=selection)


def _answer(selection: Selection) -> Response:
    text = request.args.get("q", "")
    found = find(text, selection)
    said = "1 product" if len(found) == 1 else f"{len(found)} products"
    if not found and not text.strip():
        said = picking.NothingTyped().text
    elif not found:
        said = picking.NothingFound(query=_query(text), pricelist=selection.pricelist.name).text
    if htmx.is_htmx():
        return htmx.fragments(listed(found, text, said, selection))
    return make_response(render_template("desk/products/index.html", products=found, selection=selection, text=text,
                                         said=said))


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
