"""Why a selection may not be changed."""

from sales_portal.core.errors import Invalid, NotFound, OutOfDate, Refusal


class NoMarket(Refusal):
    """There is nothing to sell in: the agent's site has no market, or the market has no pricelist."""

    message = "{site} has no market with a pricelist yet. An administrator can add one in the settings."


class NotSoldThere(Invalid):
    """The chosen pricelist is not one of the market's."""

    def __init__(self, market: str) -> None:
        super().__init__("pricelist", f"This pricelist is not sold in {market}. Choose another one.")


class SelectionClosed(Refusal):
    """The selection is won or archived, so it stays as it is."""

    message = "{number} is {status} and can't be changed any more."


class LineGone(NotFound):
    """The selection has no such line, or none any more. Details: `line_id`."""

    def __init__(self, line_id: int) -> None:
        super().__init__(thing="this line", line_id=line_id)


class TooManyLines(Refusal):
    """The selection holds as many lines as it may."""

    message = "A selection holds at most {most} lines. Start another one for the rest."


class NoLongerSold(Refusal):
    """The product was taken out of sale."""

    message = "{title} is no longer sold."


class NotSoldYet(Refusal):
    """The product was never published."""

    message = "{title} is not for sale yet."


class NoPrice(Refusal):
    """The pricelist has no price for the product."""

    message = "{title} has no price in {pricelist}."


class SoldOut(Refusal):
    """The market has none left."""

    message = "{title} is sold out in {market}."


class NoBackorder(Refusal):
    """The market sells no more than it has."""

    message = "{market} sells no more than it has in stock."


class NoWaiting(Refusal):
    """The site makes no links of what is sold out."""

    message = "{site} makes no links that wait for stock."


class ChangedMeanwhile(OutOfDate):
    """Somebody changed the same field of the same thing since the page was read.

    Details: `who`, `at` (ISO instant), `line_id` (None for the selection itself), `thing` (a line's title), `field`,
    `theirs` (what stands now) and `yours` (what was typed).
    """

    message = "{who} changed this while you were typing"
    others: tuple["ChangedMeanwhile", ...] = ()
    """The same of further fields of the same act."""


class NothingToUndo(Refusal):
    """The selection stands at its first state, or as many steps back as can be taken."""

    message = "There is nothing more to undo."


class NothingToRedo(Refusal):
    """Nothing was undone since the last act."""

    message = "There is nothing to redo."


class ActedMeanwhile(OutOfDate):
    """Somebody else acted since the page was read, and a step back would take their act away unseen."""

    message = "{who} was quicker: {label}. Press again to take that back too."
