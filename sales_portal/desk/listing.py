"""How every list answers: the page, or for htmx the rows and how many there are, with an address to keep."""

from typing import Any, Protocol

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from sales_portal.core import paging
from sales_portal.core.paging import Page
from sales_portal.reports import searching
from sales_portal.web import htmx
from sales_portal.web.extensions import db


class Filters(Protocol):
    """The form above a list."""

    def kept(self) -> dict[str, Any]:
        """The filters that are set, for addresses of the same view."""


def read(found: Select[Any], key: InstrumentedAttribute[int]) -> Page[Any]:
    """The page of `found` the address asks for."""
    return paging.read(db.session(), found, key, request.args.get("before"))


def answer(noun: str, filters: Filters, page: Page[Any], found: Select[Any], key: InstrumentedAttribute[int],
           **shown: Any) -> Response:
    """Answer with `templates/desk/{noun}/`: `index.html`, or its `_list.html` swapped in place."""
    kept = filters.kept()
    shown |= {
        "filters": filters, "page": page, "noun": noun, "count": searching.count(db.session(), found, key),
        "counted": searching.COUNTED,
        "clear_url": url_for(".index") if kept or not page.is_first else "",
        "pages": {"older_url": url_for(".index", before=page.older, **kept) if page.older else "",
                  "newest_url": "" if page.is_first else url_for(".index", **kept)}}
    if htmx.is_htmx():
        return htmx.fragments(
            render_template(f"desk/{noun}/_list.html", **shown), render_template("desk/_found.html", **shown),
            push_url=url_for(".index", **kept))
    return make_response(render_template(f"desk/{noun}/index.html", **shown))
