"""`localstripe`, a stand-in for Stripe written by others, made stricter where Stripe is: idempotency keys, modern
parameters, the list since an instant, what may be captured, disputes. It listens on 127.0.0.1
alone, keeps nothing on disk, and prints its port.

`python -m tests.harness.localstripe_server` serves it so; with the argument `untouched` its own rules are left alone.
"""

import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError

MODERN = ("automatic_payment_methods", "description")
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]
_answers: dict[str, tuple[Any, int, bytes]] = {}
_disputes: dict[str, dict[str, Any]] = {}


@web.middleware
async def remember(request: web.Request, handler: Answering) -> web.StreamResponse:
    """The same key gets the same answer, and with other parameters an error."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return await handler(request)
    asked = (request.path, await request.text())
    if key in _answers:
        before, status, body = _answers[key]
        if before != asked:
            no = {"type": "idempotency_error", "message": "This key was used for something else"}
            return web.json_response({"error": no}, status=400)
        return web.Response(status=status, body=body, content_type="application/json")
    answer = await handler(request)
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
        _answers[key] = asked, answer.status, answer.body
    return answer


async def dispute(request: web.Request) -> web.Response:
    """A customer's bank asks money back: the dispute as it stands from now on."""
    asked = await request.json()
    _disputes[asked["id"]] = asked
    return web.json_response({})


async def disputes(request: web.Request) -> web.Response:
    """Those over one intent."""
    found = [one for one in _disputes.values() if one["payment_intent"] == request.query["payment_intent"]]
    return web.json_response({"object": "list", "url": "/v1/disputes", "has_more": False, "data": found})


def _stricter() -> None:
    reading, listing = server.get_post_data, resources.PaymentIntent._api_list_all.__func__

    async def read(request: web.Request, remove_auth: bool = True) -> Any:
        data = await reading(request, remove_auth)
        for name in MODERN if data else ():
            data.pop(name, None)
        return data

    def list_since(cls: Any, url: str, created: Any = None, **further: Any) -> Any:
        found = listing(cls, url, **further)
        found._list = [one for one in found._list if created is None or one.created >= int(created["gte"])]
        return found

    capturing = resources.Charge._capture

    def capture(charge: Any, *args: Any, **named: Any) -> Any:
        if resources.PaymentIntent._api_retrieve(charge.payment_intent).status != "requires_capture":
            raise UserError(400, "It cannot be captured", {"code": "payment_intent_unexpected_state"})
        return capturing(charge, *args, **named)

    resources.Charge._capture = capture
    server.app.router.add_get("/v1/disputes", disputes)
    server.app.router.add_post("/_config/disputes", dispute)
    server.get_post_data = read
    resources.PaymentIntent._api_list_all = classmethod(list_since)
    server.app.middlewares.insert(0, remember)


def main(mode: str) -> None:
    """Serve until killed."""
    resources.Store.dump_to_disk = lambda self: None
    if mode != "untouched":
        _stricter()
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(server.app, sock=listening, access_log=None, print=None)


if __name__ == "__main__":
    main(sys.argv[-1])
