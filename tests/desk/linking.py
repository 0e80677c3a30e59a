"""Driving the Link dialog without a browser."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests.harness.app import Answer, Client


def dialog(client: Client, selection: Selection, *, htmx: bool = True) -> Answer:
    """The dialog as it opens."""
    answer = client.get(f"/selections/{selection.number}/link", htmx=htmx)
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def create(client: Client, shown: Answer, **typed: Any) -> Answer:
    """Press Create and copy link, with `typed` changed in what is shown."""
    answer = client.submit(shown, "#link-form", htmx=True, **typed)
    assert isinstance(answer, Answer)
    return answer


def preview(client: Client, selection: Selection, shown: Answer, **typed: Any) -> Answer:
    """Change something in what is shown, without creating."""
    form = shown.one("#link-form")
    form["action"] = f"/selections/{selection.number}/link/preview"
    answer = client.submit(shown, "#link-form", htmx=True, **typed)
    assert isinstance(answer, Answer)
    return answer


def only_link(session: Session) -> CheckoutLink:
    """The one link there is."""
    return session.scalars(select(CheckoutLink)).one()


def chosen(answer: Answer, name: str) -> list[str]:
    """The values ticked or chosen under `name`."""
    return [str(field["value"]) for field in answer.page.select(f"[name={name}][checked]")]


def values(answer: Answer, *names: str) -> list[str]:
    """What stands in the fields with these names."""
    return [str(answer.one(f"[name='{name}']").get("value", "")) for name in names]
