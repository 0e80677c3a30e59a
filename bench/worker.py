"""The worker's share of a journey that the yardstick does too: it takes the money of placed orders.

Mails are the rest of the worker's work. The yardstick sends none, so `mails_ms` weighs them apart.
"""

import signal
import threading
import time

from flask import Flask

from sales_portal.application import worker
from sales_portal.application.factory import create_app
from sales_portal.messaging.service import SEND
from sales_portal.outbox.loop import Loop
from sales_portal.web.extensions import db

MONEY = frozenset({"payment.capture"})
MAILS = 2
"""How many mails an order is told in."""


def loop(app: Flask, topics: frozenset[str] = MONEY) -> Loop:
    """A worker of `app` that does only these topics; other jobs wait for another one."""
    known = {name: handler for name, handler in worker.handlers(app).items() if name in topics}
    with app.app_context():
        return Loop(db.engine, known)


def mails_ms(app: Flask, orders: int = 40) -> float:
    """Processor milliseconds an order's mails cost: written to the customer and the agent, and handed over."""
    writing, sending = loop(app, frozenset({"order.placed"})), loop(app, frozenset({SEND}))
    if writing.run_once(2) + sending.run_once(MAILS * 2) < 2 + MAILS * 2:
        raise RuntimeError("no order was placed to write mails about")
    before = time.process_time()
    done = writing.run_once(orders)
    sending.run_once(MAILS * done)
    return (time.process_time() - before) * 1000 / max(done, 1)


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    app, stop = create_app(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    loop(app).run_forever(stop)


if __name__ == "__main__":
    main()
