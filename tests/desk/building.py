"""Driving the builder without a browser: its page, its acts, what it shows."""

from typing import Any, cast

from sales_portal.selections.models import Selection
from tests.harness.app import Answer, Client


def page(client: Client, selection: Selection) -> Answer:
    """The builder of `selection`."""
    answer = cast(Answer, client.get(f"/selections/{selection.number}"))
    assert answer.status_code == 200, answer.status
    return answer


def post(client: Client, selection: Selection, path: str, *, htmx: bool = False, **data: Any) -> Answer:
    """Do the act at `path` below the selection."""
    return cast(Answer, client.post(f"/selections/{selection.number}/{path}", htmx=htmx, data=data))


def add(client: Client, selection: Selection, text: str, **data: Any) -> Answer:
    """Type `text` into the search and press Enter, with htmx."""
    return post(client, selection, "lines", htmx=True, q=text, **data)


def line_of(client: Client, selection: Selection, title: str) -> int:
    """The id of the line whose product is called `title`."""
    for row in page(client, selection).page.select("#lines tbody .row"):
        if title in row.get_text():
            return int(str(row["id"]).removeprefix("line-"))
    raise AssertionError(f"no line {title!r}")


def lines(answer: Answer) -> list[tuple[str, str]]:
    """Title and quantity of each line shown."""
    titles = [" ".join(title.get_text().split()) for title in answer.page.select("#lines .product-title")]
    return list(zip(titles, (str(field["value"]) for field in answer.page.select("#lines .stepper-input")),
                    strict=True))


def totals(answer: Answer) -> list[str]:
    """Label and amount of each row of the totals; what it unfolds into is left out."""
    return [_label(row) + " " + " ".join(row.select_one("dd").get_text(" ").split())
            for row in answer.page.select("#totals .total-row")]


def steps(answer: Answer, label: str) -> list[str]:
    """What the row of the totals called `label` unfolds into."""
    [row] = [row for row in answer.page.select("#totals .total-row") if _label(row) == label]
    return [" ".join(part.get_text(" ").split()) for part in row.select(".total-steps > li")]


def _label(row: Any) -> str:
    return " ".join((row.select_one("summary") or row.select_one("dt")).get_text(" ").split())


def toasts(answer: Answer) -> list[str]:
    """What the answer says in passing."""
    return [" ".join(toast.get_text().split()) for toast in answer.page.select(".toast-text")]
