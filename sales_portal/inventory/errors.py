"""Why stock may not change."""

from sales_portal.core.errors import Refusal


class StockIsHeld(Refusal):
    """Payments under way hold more than what would be left."""

    message = "{held} of these are held by payments under way, so stock can't go down to {quantity}. Try again later."


class StockTooLow(Refusal):
    """More would be taken out than is there."""

    message = "Only {on_hand} in stock: {taken} can't be taken out."


class OutOfStock(Refusal):
    """An order wants more of something than is free."""

    message = "Sold out just now"
