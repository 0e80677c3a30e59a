"""A real receiver of webhooks: an HTTP server on this machine that keeps what it is sent and answers as it is told."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sales_portal.messaging.receivers import Receivers


@dataclass(frozen=True)
class Message:
    """One message as it arrived; header names are small."""

    path: str
    headers: dict[str, str]
    body: str


class Receiver:
    """Keeps every message in `got`; `answers` are the answers to come, then it takes everything."""

    def __init__(self, server: HTTPServer) -> None:
        self.got: list[Message] = []
        self.answers: list[Response] = []
        self.url = server.url_for("/sales?of=shop")
        self.host = f"{server.host}:{server.port}"
        # Vouched for, or nothing would be sent to this machine.
        self.receivers = Receivers([self.host])
        server.expect_request("/sales").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append(Message(request.full_path, headers, request.get_data(as_text=True)))
        return self.answers.pop(0) if self.answers else Response(status=204)


@pytest.fixture(scope="session")
def _receiving() -> Iterator[HTTPServer]:
    # Stopping one takes half a second.
    with HTTPServer(host="127.0.0.1", port=0) as server:
        yield server


@pytest.fixture
def receiver(_receiving: HTTPServer) -> Receiver:
    """A receiver that has got nothing yet."""
    _receiving.clear()
    return Receiver(_receiving)
