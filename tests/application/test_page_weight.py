"""What a first visit fetches stays light: compressed page, styles and scripts of the two pages people wait for."""

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Shop

LINES = 20
LANDING = {"page": 14_000, "styles": 14_000, "scripts": 8_000}
BUILDER = {"page": 16_000, "styles": 25_000, "scripts": 12_000}
"""The page may weigh a third more than it did with so many lines when this was written."""


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop."""
    return kept_shop


def basket(session: Session, shop: Shop) -> dict[Variant, int]:
    """As many products as an agent sells in a long call."""
    return {make.product(session, f"Oak chair number {number}, natural", prices={shop.pricelist: 120_000 + number},
                         stock={shop.warehouse: 9}): 1 for number in range(LINES)}


def weigh(client: Client, page: Answer) -> dict[str, int]:
    """Compressed bytes of the page, of its stylesheets, and of the scripts that are ours."""
    def fetched(selector: str, attribute: str) -> int:
        paths = [urlsplit(str(tag[attribute])).path for tag in page.page.select(selector)]
        assert paths
        return sum(weight_of(client, path) for path in paths)

    return {"page": compressed(page.data), "styles": fetched("link[rel=stylesheet]", "href"),
            "scripts": fetched("script[src]:not([src*=vendor])", "src")}


def weight_of(client: Client, path: str) -> int:
    """Compressed bytes of the file at `path`."""
    with client.get(path) as answer:
        return compressed(answer.data)


def compressed(body: bytes) -> int:
    """The size as a proxy sends it."""
    return len(gzip.compress(body, 6))


def above(weights: dict[str, int], most: dict[str, int]) -> dict[str, int]:
    """What is heavier than it may be."""
    return {part: weight for part, weight in weights.items() if weight > most[part]}


def test_the_landing_page_of_a_long_offer_is_light(session: Session, shop: Shop, client: Client) -> None:
    linked = make.link(session, make.selection(session, shop, basket(session, shop)))
    weights = weigh(client, client.get(linked.path))
    assert above(weights, LANDING) == {}


def test_the_builder_of_a_long_selection_is_light(
        session: Session, shop: Shop, open_client: Callable[[], Client]) -> None:
    draft, maria = make.selection(session, shop, basket(session, shop)), open_client()
    maria.sign_in(shop.agent.email)
    weights = weigh(maria, maria.get(f"/selections/{draft.number}"))
    assert above(weights, BUILDER) == {}
