"""The journey through the yardstick program."""

import hashlib
import json
import random

from bench.http import Browser
from bench.load import Journey, Maker
from bench.minimal_store import PRODUCTS

AGENT = "the agent of the yardstick"
AGENT_SHA256 = hashlib.sha256(AGENT.encode()).hexdigest()


def journeys(port: int) -> Maker:
    """A maker of journeys against the yardstick on `port`, one agent's connection per client."""

    async def make(number: int) -> Journey:
        agent = Browser("127.0.0.1", port, headers={"Agent": AGENT})

        async def journey() -> int:
            before = agent.count
            customer = Browser("127.0.0.1", port)
            try:
                products = [("product", str(key)) for key in random.sample(range(1, PRODUCTS + 1), 3)]
                selection = _field((await agent.post("/selections", products)).expect(201).body, "id")
                token = _field((await agent.post(f"/selections/{selection}/link")).expect(201).body, "token")
                (await customer.get(f"/links/{token}")).expect(200)
                mine = _field((await customer.post(f"/links/{token}/visit")).expect(201).body, "visitor")
                form = {"email": "ada@example.com", "name": "Ada Example", "street": "Storgatan 1",
                        "postcode": "111 22", "city": "Stockholm", "country": "SE"}
                (await customer.post(f"/copies/{mine}/details", form)).expect(200)
                paying = (await customer.post(f"/copies/{mine}/payment")).expect(201).body
                (await customer.post(f"/intents/{_field(paying, 'page')}")).expect(200)
                (await customer.post(f"/payments/{_field(paying, 'payment')}/confirmation")).expect(201)
                (await customer.get(f"/copies/{mine}/receipt")).expect(200)
                return agent.count - before + customer.count
            finally:
                await customer.close()

        return journey

    return make


def _field(body: str, name: str) -> str:
    return str(json.loads(body)[name])
