"""The way of a customer who pays at the provider of the tests, over HTTP and without scripts."""

from tests.harness.paying import Provider
from tests.races.buyers import ANNA, Buyer, Page


def fill_in(buyer: Buyer, path: str) -> Page:
    """From the link to the page with *Pay*, as far as it is not done yet."""
    page = buyer.get(path)
    for step in ("/visit", "/details"):
        if page.has(step) and not page.has("/payment"):
            page = buyer.submit(page.form(step), **(ANNA if step == "/details" else {}))
    return page


def pay(buyer: Buyer, path: str) -> None:
    """Press *Pay*; where the provider's page would be, this portal has none."""
    buyer.submit(fill_in(buyer, path).form("/payment"))


def come_back(buyer: Buyer, path: str) -> Page:
    """Return from the provider's page."""
    return buyer.submit(buyer.get(f"{path}/payment").form("/payment/confirmation"))


def buy(buyer: Buyer, path: str, provider: Provider) -> Page:
    """From the link to the receipt; nobody else may be paying."""
    pay(buyer, path)
    provider.decide("approve")
    return come_back(buyer, path)
