"""The ways to pay in their order: each is given a place, or none where it is not offered."""

from collections.abc import Iterable
from typing import Any

from wtforms import Field

from sales_portal.sites.methods import METHODS

PREFIX = "place-"


class PlacesField(Field):
    """The place typed for each way to pay that was shown, by its slug; empty where it is not offered."""

    data: dict[str, str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = dict(data or {})
        if formdata:
            self.data = {slug: formdata.get(PREFIX + slug, "").strip() for slug in METHODS if PREFIX + slug in formdata}


def of(slugs: Iterable[str]) -> dict[str, str]:
    """The places of ways to pay that stand in this order."""
    return {slug: str(place) for place, slug in enumerate(slugs, 1)}


def options(count: int) -> list[tuple[str, str]]:
    """The places there are for `count` ways to pay."""
    return [("", "Not offered"), *((str(number), f"{number}.") for number in range(1, count + 1))]
