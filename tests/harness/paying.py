"""The provider of the tests in a test's hands, and a gateway that speaks to it over HTTP."""

import hmac
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sales_portal.payments.gateway import (
    ANY_SUM,
    Dispute,
    Event,
    GatewayDown,
    GatewayRefused,
    Intent,
    IntentRequest,
    NotAnEvent,
)
from tests.harness import provider
from tests.harness.server import ROOT

PATIENCE_SECONDS = 0.5
"""How long the gateway waits for an answer."""
TOLERANCE_SECONDS = 300


class Provider:
    """The process, and what a test tells it: how calls go wrong and what the customer does."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.provider", str(folder / "provider.db")], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def ask(self, call: str, key: str | None = None, seconds: float = 60, **asked: Any) -> tuple[int, Any]:
        """Status and answer of one call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("POST", f"/{call}", json.dumps(asked), {"Idempotency-Key": key} if key else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def goes_wrong(self, call: str, kind: str, times: int = 1, seconds: float = 0) -> None:
        """The next `times` calls are `slow`, `lost` or answered `too_many`, `fails` or `fails_after`."""
        self.ask("troubles_set", troubles=[{"call": call, "kind": kind, "times": times, "seconds": seconds}])

    def intents(self) -> list[dict[str, Any]]:
        """All it knows."""
        found: list[dict[str, Any]] = self.ask("list", since="")[1]
        return found

    def decide(self, decision: str, reference: str | None = None) -> None:
        """What the customer does on its page with the newest intent, or another."""
        status, answer = self.ask("decide", reference=reference or self.intents()[-1]["reference"], decision=decision)
        assert status == 200, answer

    def change(self, reference: str, **values: Any) -> None:
        """Make its truth another."""
        self.ask("change", reference=reference, **values)

    def dispute(self, status: str, *, amount: int = 5000, currency: str = "SEK", dispute: str = "dp_1") -> None:
        """The customer's bank asks money of the newest intent back, or has decided."""
        self.ask("dispute", reference=self.intents()[-1]["reference"], status=status, dispute=dispute, amount=amount,
                 currency=currency)

    def events(self) -> list[tuple[bytes, dict[str, str]]]:
        """Body and headers of everything it would send, in the order it happened."""
        bodies = [event["body"].encode() for event in self.ask("events")[1]]
        return [(body, {provider.SIGNATURE: provider.sign(body)}) for body in bodies]

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


class OwnGateway:
    """Speaks to the provider of the tests."""

    name = "own"
    methods: tuple[str, ...] = ("card",)

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def limits(self, currency: str) -> tuple[int, int]:
        """It takes any sum."""
        return ANY_SUM

    def create(self, request: IntentRequest) -> Intent:
        """As the protocol says, and so are all others."""
        made = self._ask("create", request.idempotency_key, payment_id=request.payment_id, amount=request.amount,
                         currency=request.currency)
        return _intent(made)

    def fetch(self, reference: str) -> Intent:
        return _intent(self._ask("fetch", reference=reference))

    def find(self, payment_id: str) -> Intent | None:
        found = self._ask("find", payment_id=payment_id)
        return _intent(found) if found is not None else None

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        return _intent(self._ask("capture", idempotency_key, reference=reference))

    def void(self, reference: str, idempotency_key: str) -> Intent:
        return _intent(self._ask("void", idempotency_key, reference=reference))

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        return _intent(self._ask("refund", idempotency_key, reference=reference, amount=amount))

    def list_since(self, at: datetime) -> list[Intent]:
        return [_intent(one) for one in self._ask("list", since=at.isoformat())]

    def disputes(self, reference: str) -> list[Dispute]:
        return [Dispute(**one) for one in self._ask("disputes", reference=reference)]

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        parts = dict(part.partition("=")[::2] for part in headers.get(provider.SIGNATURE, "").split(","))
        at = parts.get("t", "")
        if not at.isdecimal() or abs(time.time() - int(at)) > TOLERANCE_SECONDS:
            raise NotAnEvent("no time, or not now")
        if not hmac.compare_digest(provider.sign(body, int(at)), headers[provider.SIGNATURE]):
            raise NotAnEvent("another signature")
        event = json.loads(body)
        return Event(event["id"], event["type"], event["reference"])

    def _ask(self, call: str, key: str | None = None, **asked: Any) -> Any:
        try:
            status, answer = self._provider.ask(call, key, PATIENCE_SECONDS, **asked)
        except (OSError, http.client.HTTPException) as error:
            raise GatewayDown(str(error)) from error
        if status in (429, 500):
            raise GatewayDown(answer["error"])
        if status != 200:
            raise GatewayRefused(answer["error"])
        return answer


def _intent(found: dict[str, Any]) -> Intent:
    return Intent(found["reference"], found["payment_id"], found["status"], found["amount"], found["currency"],
                  f"http://provider.example/{found['reference']}",
                  capture_before=datetime.fromisoformat(found["capture_before"]))


@pytest.fixture
def provider_process(tmp_path: Path) -> Iterator[Provider]:
    """A provider of its own for one test."""
    running = Provider(tmp_path)
    yield running
    running.stop()
