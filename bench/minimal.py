"""The yardstick: the journey's transactions in raw SQL behind plain Flask, with JSON answers and nothing else.

It writes what the portal writes (selection, link, copy, payment with its steps, order with its ledger, history,
outbox) in as many HTTP requests, and leaves out what makes a product: pages, sessions, forms, checks of input.
"""

import hashlib
import json
import os
import secrets
import threading
import time
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from bench.minimal_store import PRODUCTS, Store, open_store

app = Flask(__name__)
_local = threading.local()


def store() -> Store:
    """This thread's own connection."""
    if not hasattr(_local, "store"):
        _local.store = open_store(os.environ["MINIMAL_URL"])
    found: Store = _local.store
    return found


def digest(token: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def now() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


@app.post("/selections")
def create_selection() -> tuple[Response, int]:
    """An agent's basket of three products."""
    wanted = [int(key) for key in request.form.getlist("product")]
    if len(wanted) != 3 or not all(1 <= key <= PRODUCTS for key in wanted):
        abort(422)
    with store() as db:
        agent = db.one("select id from agents where token_sha256=?", digest(request.headers.get("Agent", "")))
        if agent is None:
            abort(401)
        prices = dict(db.all("select id, price from products where id in (?,?,?)", *wanted))
        key = db.insert("insert into selections (agent_id, status, created_at) values (?,'draft',?)", agent[0], now())
        db.run("insert into selection_lines values (?,?,1,?),(?,?,1,?),(?,?,1,?)",
               *[value for one in wanted for value in (key, one, prices[one])])
        db.run("insert into history (name, subject, at) values ('selection.created',?,?)", key, now())
    return jsonify(id=key), 201


@app.post("/selections/<int:key>/link")
def create_link(key: int) -> tuple[Response, int]:
    """The frozen offer and its secret."""
    token = secrets.token_urlsafe(32)
    with store() as db:
        lines = db.all("select l.product_id, l.qty, l.price, s.on_hand from selection_lines l "
                       "join stock s on s.product_id = l.product_id where l.selection_id=?", key)
        rate = db.one("select rate from tax_rates where country='SE'")
        ship = db.one("select amount from shipping where country='SE'")
        total = sum(qty * price for _, qty, price, _ in lines) + ship[0]
        link = db.insert("insert into links (selection_id, token_sha256, status, total, tax, created_at) "
                         "values (?,?,'active',?,?,?)", key, digest(token), total, total * rate[0] // 125000, now())
        db.run("insert into link_lines values (?,?,?,?),(?,?,?,?),(?,?,?,?)",
               *[value for row in lines for value in (link, row[0], row[1], row[2])])
        db.run("update selections set status='linked' where id=?", key)
        db.run("insert into history (name, subject, at) values ('link.created',?,?)", link, now())
    return jsonify(token=token), 201


@app.get("/links/<token>")
def show(token: str) -> Response:
    """What the customer reads first."""
    with store() as db:
        link = db.one("select id, total from links where token_sha256=? and status='active'", digest(token)) or abort(404)
        lines = db.all("select p.name, l.qty, l.price, s.on_hand from link_lines l join products p on p.id=l.product_id "
                       "join stock s on s.product_id=l.product_id where l.link_id=?", link[0])
    return jsonify(total=link[1], lines=[list(line) for line in lines])


@app.post("/links/<token>/visit")
def claim(token: str) -> tuple[Response, int]:
    """The private copy."""
    mine = secrets.token_urlsafe(32)
    with store() as db:
        link = db.one(f"select id, total from links where token_sha256=? and status='active' {db.lock}",
                      digest(token)) or abort(404)
        lines = db.all("select product_id, qty, price from link_lines where link_id=?", link[0])
        visitor = db.insert("insert into visitors (token_sha256, created_at) values (?,?)", digest(mine), now())
        copy = db.insert("insert into copies (link_id, visitor_id, status, total, created_at) values (?,?,'open',?,?)",
                         link[0], visitor, link[1], now())
        db.run("insert into copy_lines values (?,?,?,?),(?,?,?,?),(?,?,?,?)",
               *[value for row in lines for value in (copy, *row)])
        db.run("update links set progress='checkout_started' where id=?", link[0])
        db.run("insert into history (name, subject, at) values ('visit.started',?,?)", copy, now())
    return jsonify(visitor=mine), 201


def _copy(db: Store, mine: str) -> Any:
    return db.one("select c.id, c.link_id, c.total, c.status from copies c join visitors v on v.id=c.visitor_id "
                  "where v.token_sha256=?", digest(mine)) or abort(404)


@app.post("/copies/<mine>/details")
def details(mine: str) -> Response:
    """Who buys and where it goes."""
    with store() as db:
        copy = _copy(db, mine)
        db.run("update copies set email=?, address=? where id=?", request.form["email"], json.dumps(request.form), copy[0])
        db.run("insert into history (name, subject, at) values ('visit.details_given',?,?)", copy[0], now())
    return jsonify(total=copy[2])


@app.post("/copies/<mine>/payment")
def pay(mine: str) -> tuple[Response, int]:
    """The promise of a payment, and the provider's own row of it."""
    key = secrets.token_hex(16)
    with store() as db:
        copy = _copy(db, mine)
        db.one(f"select id from links where id=? and status='active' {db.lock}", copy[1]) or abort(409)
        payment = db.insert("insert into payments (copy_id, link_id, idem_key, amount, status, created_at) "
                            "values (?,?,?,?,'created',?)", copy[0], copy[1], key, copy[2], now())
        db.run("insert into payment_events values (?,1,'new','created',?)", payment, now())
        db.run("insert into outbox (topic, subject, not_before) values ('payment.resolve',?,?)", payment, now() + 60_000_000)
    with store() as db:
        db.run("insert into intents (idem_key, amount, status) values (?,?,'open')", key, copy[2])
    with store() as db:
        db.run("update payments set reference=? where id=?", key, payment)
    return jsonify(payment=payment, page=key), 201


@app.post("/intents/<key>")
def approve(key: str) -> Response:
    """The provider's page: the customer says yes."""
    with store() as db:
        db.run("update intents set status='authorised' where idem_key=? and status='open'", key)
    return jsonify(status="authorised")


@app.post("/payments/<int:payment>/confirmation")
def place(payment: int) -> tuple[Response, int]:
    """The order, exactly once."""
    with store() as db:
        row = db.one("select copy_id, link_id, reference, amount from payments where id=?", payment) or abort(404)
    with store() as db:
        if db.one("select status from intents where idem_key=?", row[2]) != ("authorised",):
            abort(409)
    with store() as db:
        db.one(f"select id from links where id=? and status='active' {db.lock}", row[1]) or abort(409)
        db.one(f"select id from copies where id=? and status='open' {db.lock}", row[0]) or abort(409)
        db.one(f"select id from payments where id=? and status='created' {db.lock}", payment) or abort(409)
        lines = db.all("select c.product_id, c.qty, c.price, s.id from copy_lines c join stock s on "
                       "s.product_id=c.product_id where c.copy_id=? order by s.id", row[0])
        for _, qty, _, stock in lines:
            if db.run("update stock set on_hand=on_hand-? where id=? and on_hand>=?", qty, stock, qty) != 1:
                abort(409)
        order = db.insert("insert into orders (link_id, copy_id, payment_id, status, total, placed_at) "
                          "values (?,?,?,'placed',?,?)", row[1], row[0], payment, row[3], now())
        db.run("insert into order_lines values (?,?,?,?),(?,?,?,?),(?,?,?,?)",
               *[value for line in lines for value in (order, line[0], line[1], line[2])])
        db.run("insert into stock_moves (stock_id, delta, order_id, at) values (?,?,?,?),(?,?,?,?),(?,?,?,?)",
               *[value for line in lines for value in (line[3], -line[1], order, now())])
        db.run("update links set status='consumed', progress='paid' where id=?", row[1])
        db.run("update copies set status='completed' where id=?", row[0])
        db.run("update payments set status='capturing', order_id=? where id=?", order, payment)
        db.run("insert into payment_events values (?,2,'created','authorised',?),(?,3,'authorised','capturing',?)",
               payment, now(), payment, now())
        db.run("insert into history (name, subject, at) values ('order.placed',?,?)", order, now())
        db.run("insert into outbox (topic, subject, not_before) values ('order.placed',?,?),('payment.capture',?,?)",
               order, now(), payment, now())
    _capture(payment, order, row[2])
    return jsonify(order=order), 201


def _capture(payment: int, order: int, reference: str) -> None:
    with store() as db:
        db.run("update intents set status='captured' where idem_key=?", reference)
    with store() as db:
        db.run("update payments set status='captured' where id=? and status='capturing'", payment)
        db.run("insert into payment_events values (?,4,'capturing','captured',?)", payment, now())
        db.run("update orders set status='paid' where id=?", order)
        db.run("insert into history (name, subject, at) values ('order.paid',?,?)", order, now())
        db.run("update outbox set done_at=? where subject=? and topic='payment.capture'", now(), payment)


@app.get("/copies/<mine>/receipt")
def receipt(mine: str) -> Response:
    """What was bought."""
    with store() as db:
        copy = _copy(db, mine)
        order = db.one("select id, total from orders where copy_id=?", copy[0]) or abort(404)
        lines = db.all("select product_id, qty, price from order_lines where order_id=?", order[0])
    return jsonify(order=order[0], total=order[1], lines=[list(line) for line in lines])


@app.get("/ready")
def ready() -> str:
    """Says that the program is up."""
    return "ready"
