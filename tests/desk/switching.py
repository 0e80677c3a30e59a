"""Driving a switch of market without a browser."""

from sales_portal.markets.models import Market
from sales_portal.selections.models import Selection
from tests.harness.app import Answer, Client


def trial(client: Client, selection: Selection, market: Market, *, htmx: bool = True, **chosen: str) -> Answer:
    """What the switch would change."""
    answer = client.get(f"/selections/{selection.number}/market", htmx=htmx,
                        query_string={"market": market.id, **chosen})
    assert isinstance(answer, Answer)
    return answer


def rows(answer: Answer) -> list[str]:
    """The rows of the table before and after."""
    return [" ".join(row.get_text(" ").split()) for row in answer.page.select("#switch-lines tbody tr")]
