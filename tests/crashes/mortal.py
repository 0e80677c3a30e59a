"""The portal and its worker as processes that pull their own plug, forked from one that is ready.

`python -m tests.crashes.mortal PROVIDER_PORT` serves the database of `DATABASE_URL`. It prints its port, then reads one
JSON object a line: `warm` makes it ready, `serve` and `work` fork a process, `end` stops the one that serves; each is
answered with a line, the exit code where a process ended. `FAIL` in the environment of such a process names the point
it does not survive.
"""

import faulthandler
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask
from sqlalchemy.orm import sessionmaker
from werkzeug.serving import make_server

from sales_portal.application import worker
from sales_portal.application.factory import create_app
from sales_portal.core import clock
from sales_portal.core.direct import Direct
from sales_portal.messaging.mail import Smtp
from sales_portal.orders import making, placing
from sales_portal.outbox.loop import Loop
from sales_portal.payments import starting
from sales_portal.web.extensions import db
from tests.crashes import walking
from tests.harness import paying
from tests.harness.paying import OwnGateway, Provider
from tests.races.buyers import Buyer

PATIENCE_SECONDS = 20
STUCK_SECONDS = 30


class KnownProvider(Provider):
    """A provider somebody else started."""

    def __init__(self, port: int) -> None:
        self.port = port


def make_app(url: str, provider_port: int) -> Flask:
    """The portal whose customers pay at the provider of the tests."""
    paying.PATIENCE_SECONDS = PATIENCE_SECONDS
    app = create_app({"PUBLIC_BASE_URL": url})
    app.extensions["gateways"] = {"own": OwnGateway(KnownProvider(provider_port))}
    return app


def warm(app: Flask, listening: socket.socket, path: str) -> None:
    """Sell a link once, so that no process forked from now on has to compile a page or a statement."""
    host, port = listening.getsockname()
    server = make_server(host, port, app, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    walking.buy(Buyer(port), path, app.extensions["gateways"]["own"]._provider)
    server.shutdown()
    thread.join()
    work(app, 0)
    clock.release()
    with app.app_context():
        db.engine.dispose()


def die(*_: object) -> None:
    """Pull the plug: nothing is said, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(app: Flask, point: str) -> None:
    """Have this process end at `point` of the way a payment goes."""
    own = app.extensions["gateways"]["own"]
    seams: Mapping[str, tuple[Any, str, bool]] = {
        "K1": (own, "create", False), "K2": (own, "create", True), "K3": (starting, "_keep_reference", True),
        "K4": (making, "record_placed", True), "K5": (placing, "place_order", True), "K6": (own, "capture", False),
        "K7": (own, "capture", True), "K8": (placing, "settle_capture", True), "K9": (Smtp, "send", True)}
    if point == "K0":
        app.wsgi_app = _dying_at_pay(app.wsgi_app)  # type: ignore[method-assign]
        return
    holder, name, is_done_first = seams[point]
    act = getattr(holder, name)

    @wraps(act)
    def last(*given: Any, **named: Any) -> None:
        if is_done_first:
            act(*given, **named)
        die()
    setattr(holder, name, last)


def _dying_at_pay(answer: Callable[..., Any]) -> Callable[..., Any]:
    def answering(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/payment"):
            die()
        return answer(environ, start_response)
    return answering


def serve(app: Flask, listening: socket.socket) -> None:
    """Answer requests until killed; where one hangs, the log says at which line."""
    faulthandler.dump_traceback_later(STUCK_SECONDS, repeat=True)
    host, port = listening.getsockname()
    # A connection nobody says anything on must not keep others waiting.
    make_server(host, port, app, threaded=True, fd=listening.fileno()).serve_forever()


def work(app: Flask, minutes: float) -> None:
    """Do everything that is due `minutes` from now."""
    clock.advance(timedelta(minutes=minutes))
    with app.app_context():
        sessions = sessionmaker(db.engine, class_=Direct)
    worker._ensure_periodic(sessions)
    loop = Loop(sessions, worker.handlers(app))
    while loop.run_once():
        pass


def fork(act: Callable[[], None], app: Flask, point: str) -> int:
    """The id of a process that does `act` and ends, at `point` where one is named."""
    if child := os.fork():
        return child
    try:
        os.environ["FAIL"] = point
        if point:
            arm(app, point)
        act()
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


def main(provider_port: int) -> None:
    """Fork what is asked for until nobody asks any more."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app = make_app(f"http://127.0.0.1:{port}", provider_port)
    say(port)
    serving = 0
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["act"] == "warm":
            warm(app, listening, asked["path"])
            gc.collect()
            gc.freeze()
            say(0)
        elif asked["act"] == "serve":
            serving = fork(lambda: serve(app, listening), app, asked["fail"])
            say(serving)
        elif asked["act"] == "work":
            minutes = asked["minutes"]
            say(ended(fork(lambda minutes=minutes: work(app, minutes), app, asked["fail"])))  # type: ignore[misc]
        else:
            if not asked["fail"]:
                os.kill(serving, signal.SIGTERM)
            say(ended(serving))


def ended(process: int) -> int:
    """How a process ended: its exit code, or the signal that ended it below zero."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def say(what: object) -> None:
    """One line to whoever asked."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
