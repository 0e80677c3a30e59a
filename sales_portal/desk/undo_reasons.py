"""Why money goes back or an order ends, in the words of the house."""

from collections.abc import Mapping

REFUND_WORDS: Mapping[str, str] = {
    "returned": "The customer sent it back", "damaged": "Damaged or wrong", "not_delivered": "Not delivered",
    "goodwill": "Goodwill", "mistake": "Our mistake", "other": "Another reason", "cancelled": "The order was cancelled",
}
CANCEL_WORDS: Mapping[str, str] = {
    "customer": "The customer wants it", "mistake": "Our mistake", "unavailable": "We can't deliver",
    "suspicious": "Looks like fraud", "other": "Another reason", "capture_failed": "The money could not be taken",
}
