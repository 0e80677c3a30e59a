"""Panels of the builder: a small form under a line or beside a card, which is a page of its own without htmx."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template

from sales_portal.core.errors import Refusal
from sales_portal.web import htmx


def answer(page: str, panel: str, values: Mapping[str, Any], *, into: str, focus: str, field: str,
           problem: Refusal | None = None) -> Response:
    """The template `page` to a browser, `panel` to htmx with the cursor at `focus`.

    With a `problem` the answer is a 422, takes the place of what stands `into`, and the cursor goes to the problem's
    own field, whose element is `field` and its name.
    """
    status = 200 if problem is None else 422
    if not htmx.is_htmx():
        return make_response(render_template(page, **values), status)
    shown = render_template(panel, in_row=True, **values)
    if problem is None:
        return htmx.fragments(shown, trigger={"focus": {"to": focus}})
    return htmx.fragments(shown, status=status, into=into, swap="innerHTML",
                          trigger={"focus": {"to": f"{field}{problem.field}"}})
