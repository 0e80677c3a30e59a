"""B19: for every combination of what the dialog offers, its promise line is what is stored, word by word."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Shop

MODES: dict[str, dict[str, Any]] = {
    "nothing": {"changes": "nothing"}, "more": {"changes": "more", "max_per_line": "5"},
    "pick_one": {"changes": "pick_one", "preselected": "2"}}
CHARGES: list[dict[str, Any]] = [
    {}, {"ignores_shipping": "1"}, {"ignores_tax": "1", "ignores_tax_reason": "Export"},
    {"ignores_shipping": "1", "ignores_tax": "1", "ignores_tax_reason": "Export"}]
USES: list[dict[str, Any]] = [
    {"paid": "once"}, {"paid": "once", "lets_openers_finish": "1"}, {"paid": "many", "times": "12"}, {"paid": "any"},
    {"paid": "any", "skips_landing": "1"}]
SPANS: list[dict[str, Any]] = [
    {"until": "7"}, {"until": "none"}, {"until": "date", "ends_on": "2026-12-24T18:00"},
    {"until": "date", "starts_on": "2026-12-01T08:00", "ends_on": "2026-12-24T18:00"}]
PRICES: list[dict[str, Any]] = [{}, {"price_mode": "current"}]


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    """It is noon before anybody signs in."""
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.mark.parametrize("charges", CHARGES, ids=("all", "no shipping", "no tax", "neither"))
@pytest.mark.parametrize("mode", MODES)
def test_the_promise_before_is_the_row_after(
        maria: Client, session: Session, shop: Shop, draft: Selection, mode: str, charges: dict[str, Any]) -> None:
    """C-14, C-16, C-20: the words of the form, of the link made of it, and of the row's own columns are the same."""
    shown = linking.dialog(maria, draft)
    wrong = []
    for count, parts in enumerate(product(USES, SPANS, PRICES)):
        typed = {**MODES[mode], **charges, **{name: value for part in parts for name, value in part.items()}}
        # Each in a selection of its own, so that no answer lists all the links before it.
        selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
        before = linking.preview(maria, selection, shown, **typed).words("#promise")
        shown.one("#link-form")["action"] = f"/selections/{selection.number}/link"
        after = linking.create(maria, shown, **typed, request_key=f"{count:032x}").words("#promise")
        link = session.scalars(select(CheckoutLink).where(CheckoutLink.request_key == f"{count:032x}")).one()
        if before != after or plain(before) != called_for(link):
            wrong.append((typed, before, after, called_for(link)))
    assert wrong == []


def plain(words: str) -> str:
    """Words without the spaces that money and markup bring."""
    return "".join(words.split())


def called_for(link: CheckoutLink) -> str:
    """The sentences the columns of a row call for, told apart from the code that tells them."""
    until = {None: ", with no end", datetime(2026, 11, 28, 22, 59, tzinfo=UTC): ", until 28 Nov 2026",
             datetime(2026, 12, 24, 17, tzinfo=UTC): ", until 24 Dec 2026"}[link.expires_at]
    start = {None: "", datetime(2026, 12, 1, 7, tzinfo=UTC): ", from 1 Dec 2026"}[link.starts_at]
    once = ", once" if link.policy != "reusable" else ""
    sentences = [f"{head_of(link)}{once}{start}{until}."]
    if link.policy == "first_closes":
        sentences.append("After the first payment the link closes; people already in the checkout can still buy while "
                         "stock lasts, so there may be several orders.")
    if link.policy == "reusable":
        often = {12: "up to 12 times", None: "any number of times"}[link.max_orders]
        sentences.append(f"It can be paid {often}. Each payment becomes its own order.")
    if link.max_per_line is not None:
        sentences.append(f"At most {link.max_per_line} per line.")
    if link.skips_landing:
        sentences.append("It leads straight to the checkout.")
    sentences.append("Prices follow the pricelist; special prices stay as they are now."
                     if link.price_mode == "current" else "Prices stay as they are now.")
    sentences.append({
        (False, False): "Shipping and tax are included.", (True, False): "Shipping is not charged. Tax is included.",
        (False, True): "Tax is not charged. Shipping is included.",
        (True, True): "Shipping and tax are not charged."}[link.ignores_shipping, link.ignores_tax])
    return plain(" ".join(sentences))


def head_of(link: CheckoutLink) -> str:
    """Whom and what the first sentence is about."""
    if link.changes == "pick_one":
        low, high = (kronor(edge(link.totals["choices"])) for edge in (min, max))
        return f"Anna Svensson picks one of {len(link.totals['choices'])} products, from {low} to {high}"
    if link.changes == "more":
        return f"Anna Svensson can change quantities. The total starts at {kronor(link.total_amount)}"
    return f"Anna Svensson can buy exactly these {link.items_count} items for {kronor(link.total_amount)}"


def kronor(minor: int) -> str:
    """An amount as Sweden writes it."""
    whole, part = divmod(minor, 100)
    return f"{whole:,}".replace(",", " ") + f",{part:02} kr"
