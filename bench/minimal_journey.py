"""The journey through the yardstick program."""

import json
import random

from bench.http import Browser
from bench.load import Journey, Maker
from bench.portal_shop import AGENT_TOKEN, PRODUCTS, sku


def journeys(port: int) -> Maker:
    """A maker of journeys against the yardstick on `port`, one agent's connection per client."""

    async def make(number: int) -> Journey:
        agent = Browser("127.0.0.1", port, headers={"Agent": AGENT_TOKEN})

        async def journey() -> int:
            before = agent.count
            customer = Browser("127.0.0.1", port)
            try:
                products = [("sku", sku(number).lower()) for number in random.sample(range(PRODUCTS), 3)]
                selection = _field((await agent.post("/selections", products)).expect(201).body, "id")
                made = (await agent.post(f"/selections/{selection}/link")).expect(201).body
                link = f"/links/{_field(made, 'public_id')}/{_field(made, 'token')}"
                (await customer.get(link)).expect(200)
                mine = _field((await customer.post(f"{link}/visit")).expect(201).body, "visitor")
                form = {"email": "ada@example.com", "name": "Ada Example", "street": "Storgatan 1",
                        "postcode": "111 22", "city": "Stockholm", "country": "SE"}
                (await customer.post(f"/copies/{mine}/details", form)).expect(200)
                paying = (await customer.post(f"/copies/{mine}/payment")).expect(201).body
                intent = f"/intents/{_field(paying, 'page')}"
                (await customer.get(intent)).expect(200)
                (await customer.post(intent)).expect(200)
                (await customer.post(f"/payments/{_field(paying, 'payment')}/confirmation")).expect(201)
                (await customer.get(f"/copies/{mine}/receipt")).expect(200)
                return agent.count - before + customer.count
            finally:
                await customer.close()

        return journey

    return make


def _field(body: str, name: str) -> str:
    return str(json.loads(body)[name])
