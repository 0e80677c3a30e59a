"""B19: for all modes, shipping, tax, uses and ends, the dialog's promise line is what is stored, word by word."""

from datetime import UTC, datetime
from itertools import combinations as combinations_of
from itertools import permutations, product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Client
from tests.make import Shop

pytestmark = pytest.mark.usefixtures("noon")

Choice = dict[str, Any]
MODES: dict[str, Choice] = {
    "nothing": {"changes": "nothing"}, "more": {"changes": "more", "max_per_line": "5"},
    "pick_one": {"changes": "pick_one", "preselected": "2"}}
CHARGES: dict[str, Choice] = {
    "all": {}, "no shipping": {"ignores_shipping": "1"}, "no tax": {"ignores_tax": "1", "ignores_tax_reason": "Export"},
    "neither": {"ignores_shipping": "1", "ignores_tax": "1", "ignores_tax_reason": "Export"}}
# Each use and each end comes in two forms, and so do the prices: they take turns.
USES: list[tuple[Choice, Choice]] = [
    ({"paid": "once"}, {"paid": "once", "lets_openers_finish": "1"}), ({"paid": "many", "times": "12"},) * 2,
    ({"paid": "any"}, {"paid": "any", "skips_landing": "1"})]
SPANS: list[tuple[Choice, Choice]] = [
    ({"until": "7"},) * 2, ({"until": "none"},) * 2,
    ({"until": "date", "ends_on": "2026-12-24T18:00"},
     {"until": "date", "starts_on": "2026-12-01T08:00", "ends_on": "2026-12-24T18:00"})]
PRICES: tuple[Choice, Choice] = {}, {"price_mode": "current"}


def combinations(mode: str, charges: str) -> list[tuple[Choice, ...]]:
    """What is chosen beside a mode and the charges: every use with every end."""
    at = list(MODES).index(mode), list(CHARGES).index(charges)
    return [(MODES[mode], CHARGES[charges], use[(sum(at) + span_no) % 2], span[(sum(at) + at[1] // 2 + use_no) % 2],
             PRICES[(at[0] + at[1] // 2 + use_no + span_no // 2) % 2])
            for (use_no, use), (span_no, span) in product(enumerate(USES), enumerate(SPANS))]


def test_every_choice_meets_every_other() -> None:
    met = {(one, other) for mode, charges in product(MODES, CHARGES) for made in combinations(mode, charges)
           for one, other in permutations(map(str, made), 2)}
    forms = [form for pair in (*USES, *SPANS) for form in pair]
    sides = [list(MODES.values()), list(CHARGES.values()), forms[:6], forms[6:], list(PRICES)]
    assert [(one, other) for side, against in combinations_of(sides, 2) for one, other in product(side, against)
            if (str(one), str(other)) not in met] == []


@pytest.mark.parametrize("charges", CHARGES)
@pytest.mark.parametrize("mode", MODES)
def test_the_promise_before_is_the_row_after(
        maria: Client, session: Session, shop: Shop, draft: Selection, mode: str, charges: str) -> None:
    """C-14, C-16, C-20: the words of the form, of the link made of it, and those the row calls for are the same."""
    shown = linking.dialog(maria, draft)
    wrong = []
    for count, parts in enumerate(combinations(mode, charges)):
        typed = {name: value for part in parts for name, value in part.items()}
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
