"""The journey through the portal: by the yardstick's requests, and page by page as browsers without scripts walk it."""

import random
import re
from urllib.parse import quote

from bench.http import Answer, Browser, WrongAnswer
from bench.load import Journey, Maker
from bench.portal_shop import EMAIL, PASSWORD, PRODUCTS, SHIPPING, price, sku

_FIELD = r'name="{}"[^>]*?value="([^"]*)"'
BUYER = {"email": "ada@example.com", "name": "Ada Example", "street": "Storgatan 1", "postcode": "111 22",
         "city": "Stockholm", "country": "SE"}


def journeys(port: int, *, sees_every_page: bool = False) -> Maker:
    """A maker of journeys against the portal on `port`; each client is one agent's browser, signed in once.

    They make the requests the yardstick answers, and the provider's page; with `sees_every_page` those of a browser
    that follows every redirect and shows what it finds there.
    """

    async def make(number: int) -> Journey:
        agent = Agent(port)
        await agent.sign_in()

        async def journey() -> int:
            before = agent.browser.count
            link, total = await agent.make_link()
            customer = Browser("127.0.0.1", port)
            try:
                await (browse(customer, link) if sees_every_page else buy(customer, link, total))
                return agent.browser.count - before + customer.count
            finally:
                await customer.close()

        return journey

    return make


class Agent:
    """An agent's browser."""

    def __init__(self, port: int) -> None:
        self.browser = Browser("127.0.0.1", port)
        self._csrf = ""

    async def sign_in(self) -> None:
        """Log in."""
        token = field(await self.browser.get("/login"), "csrf_token")
        (await self.browser.post("/login", {"csrf_token": token, "email": EMAIL, "password": PASSWORD})).expect(303)
        self._csrf = field((await self.browser.get("/home")).expect(200), "csrf_token")

    async def make_link(self) -> tuple[str, int]:
        """Start a selection with a list of three products and make its link; the path the customer gets, and its total."""
        numbers = random.sample(range(PRODUCTS), 3)
        typed = "\n".join(sku(number) for number in numbers)
        selection = (await self.browser.post("/selections", {"csrf_token": self._csrf, "q": typed})).expect(303).location
        made = (await self.browser.post(f"{selection}/link", {
            "csrf_token": self._csrf, "changes": "nothing", "until": "30", "paid": "once", "label": "bench",
            "request_key": f"{random.getrandbits(128):032x}"}, {"HX-Request": "true"})).expect(200)
        found = re.search(r"/selection/[0-9a-f]{32}/[\w-]{43}", made.body)
        if found is None:
            raise WrongAnswer("the dialog of the new link shows no address")
        return found.group(), sum(price(number) for number in numbers) + SHIPPING


async def buy(customer: Browser, link: str, total: int) -> None:
    """Open the link and pay for it, looking at no page between the first and the provider's."""
    landing = (await customer.get(link)).expect(200)
    token = {"form_token": field(landing, "form_token")}
    (await customer.post(f"{link}/visit", token)).expect(303)
    (await customer.post(f"{link}/details", token | BUYER)).expect(303)
    paying = {"shown_total": str(total), "method": "1"}
    provider = (await customer.post(f"{link}/payment", token | paying)).expect(303).location
    page = (await customer.get(provider)).expect(200)
    (await customer.post(provider, {"form_token": field(page, "form_token"), "decision": "approve"})).expect(303)
    receipt = (await customer.post(f"{link}/payment/confirmation", token)).expect(303).location
    if not receipt.endswith("/receipt"):
        raise WrongAnswer(f"no order was placed: {receipt}")
    (await customer.get(receipt)).expect(200)


async def browse(customer: Browser, link: str) -> None:
    """Open the link and pay for it, page by page."""
    landing = (await customer.get(link)).expect(200)
    details = (await customer.post(f"{link}/visit", {"form_token": field(landing, "form_token")})).expect(303).location
    page = (await customer.get(details)).expect(200)
    token = field(page, "form_token")
    delivery = (await customer.post(details, {"form_token": token, **BUYER})).expect(303).location
    page = (await customer.get(delivery)).expect(200)
    provider = (await customer.post(f"{link}/payment", {
        "form_token": field(page, "form_token"), "shown_total": field(page, "shown_total"),
        "method": field(page, "method")})).expect(303).location
    page = (await customer.get(provider)).expect(200)
    back = (await customer.post(provider, {"form_token": field(page, "form_token"), "decision": "approve"})).expect(303)
    page = (await customer.get(back.location)).expect(200)
    receipt = (await customer.post(f"{link}/payment/confirmation", {
        "form_token": field(page, "form_token")})).expect(303).location
    if not receipt.endswith("/receipt"):
        raise WrongAnswer(f"no order was placed: {receipt}")
    (await customer.get(receipt)).expect(200)


def field(answer: Answer, name: str) -> str:
    """The value of the hidden field `name` on a page."""
    for pattern in (_FIELD, r'value="([^"]*)"[^>]*?name="{}"'):
        found = re.search(pattern.format(re.escape(name)), answer.body)
        if found is not None:
            return found.group(1)
    raise WrongAnswer(f"no field {quote(name)} on the page: {answer.body[:300]!r}")
