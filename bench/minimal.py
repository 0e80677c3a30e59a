"""The yardstick: the journey's transactions in raw SQL behind plain Flask, with JSON answers and nothing else.

It works on the portal's own tables and writes the portal's own rows (selection with its revision, link with its sealed
address, copy, payment with its steps, the provider's intent, order with its ledger, history, outbox) in as many HTTP
requests and transactions, the worker's among them; `make bench` counts that both wrote the same, and as often. It
leaves out what makes a product: pages, forms, permissions, rules, checks of input.
"""

import json
import os
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from bench.minimal_store import Row, Store, open_store
from sales_portal.core import tokens

app = Flask(__name__)
tokens.use_key(bytes.fromhex(os.environ.get("LINK_KEY", "00" * 32)))
_local = threading.local()


def store() -> Store:
    """This thread's own connection."""
    if not hasattr(_local, "store"):
        _local.store = open_store(os.environ["MINIMAL_URL"])
    found: Store = _local.store
    return found


def at(**later: float) -> str:
    """Now, or so much later, as both engines read it."""
    text = (datetime.now(UTC) + timedelta(**later)).isoformat(" ")
    return text if store().is_postgresql else text.removesuffix("+00:00")


def fact(db: Store, name: str, subject: tuple[str, int], link: int | None = None, **data: Any) -> Row:
    """A row of the history."""
    return {"name": name, "subject_type": subject[0], "subject_id": subject[1], "at": at(), "data": json.dumps(data),
            "context_type": "checkout_links" if link is not None else None, "context_id": link}


def job(topic: str, subject: tuple[str, int], **later: float) -> Row:
    """A row of the outbox."""
    return {"topic": topic, "subject_type": subject[0], "subject_id": subject[1], "created_at": at(),
            "not_before": at(**later), "done_at": None, "attempts": 0, "lease_until": None}


@app.post("/selections")
def create_selection() -> tuple[Response, int]:
    """An agent's basket of three products."""
    wanted = request.form.getlist("sku")
    with store() as db:
        agent = db.one("select s.id, s.site_id from staff_sessions t join staff s on s.id=t.staff_id where t.token_sha256=? "
                       "and t.ended_at is null and t.expires_at>?", tokens.digest(request.headers.get("Agent", "")), at())
        if agent is None:
            abort(401)
        found = db.all("select w.variant_id from search_words w where w.is_code=? and w.word in (?,?,?)", True, *wanted)
        if len(found) != 3:
            abort(422)
        key = db.put("selections", agent_id=agent[0], site_id=agent[1], customer_id=None, status="draft", version=1,
                     stands_at=1, steps_back=0, created_at=at(), changed_at=at())
        db.put_all("selection_lines", [
            {"selection_id": key, "position": number, "variant_id": variant, "quantity": 1}
            for number, (variant,) in enumerate(found, 1)])
        db.put("selection_revisions", selection_id=key, previous_version=None, version=1, at=at())
        db.put_all("history", [fact(db, "selection.created", ("selections", key), lines=3)])
    return jsonify(id=key), 201


@app.post("/selections/<int:key>/link")
def create_link(key: int) -> tuple[Response, int]:
    """The frozen offer and its secret."""
    token, public_id = tokens.new_token(), tokens.new_public_id()
    with store() as db:
        selection = db.one(f"select agent_id, market_id, pricelist_id from selections where id=? {db.lock}", key) or abort(404)
        lines = db.all(
            "select v.id, v.product_id, s.id, p.title, v.sku, l.quantity, c.amount, s.on_hand from selection_lines l "
            "join variants v on v.id=l.variant_id join products p on p.id=v.product_id "
            "join prices c on c.variant_id=v.id and c.pricelist_id=? join stock s on s.variant_id=v.id "
            "where l.selection_id=? order by l.position", selection[2], key)
        shipping, _ = _terms(db)
        total = sum(line[5] * line[6] for line in lines) + shipping
        link = db.put("checkout_links", selection_id=key, selection_version=1, agent_id=selection[0], customer_id=None,
                      status="active", progress="not_sent", orders_count=0, total_amount=total, items_count=3,
                      request_key=secrets.token_hex(16), created_at=at(), expires_at=at(days=30), consumed_at=None, version=0)
        db.put("link_addresses", link_id=link, public_id=public_id, token_sha256=tokens.digest(token),
               token_sealed=tokens.seal(token, "link"))
        db.put_all("checkout_link_lines", [
            {"link_id": link, "line_no": number, "variant_id": line[0], "product_id": line[1], "stock_id": line[2],
             "title": line[3], "sku": line[4], "quantity": line[5], "unit_amount": line[6], "list_amount": line[6]}
            for number, line in enumerate(lines, 1)])
        db.run("update selections set status='linked' where id=?", key)
        db.put_all("history", [fact(db, "link.created", ("checkout_links", link), total=total)])
    return jsonify(token=token, public_id=public_id), 201


def _terms(db: Store) -> tuple[int, int]:
    found = db.one("select r.amount, t.rate from shipping_rates r, tax_rates t where r.country='SE' and t.country='SE'")
    return int(found[0]), int(found[1])


def _address(db: Store, public_id: str, token: str, lock: str = "") -> Any:
    found = db.one("select l.id, l.total_amount, a.token_sha256 from link_addresses a join checkout_links l on l.id=a.link_id "
                   f"where a.public_id=? and l.status='active' {lock}", public_id)
    return found if found is not None and tokens.matches(token, found[2]) else abort(404)


@app.get("/links/<public_id>/<token>")
def show(public_id: str, token: str) -> Response:
    """What the customer reads first."""
    with store() as db:
        link = _address(db, public_id, token)
        lines = db.all("select l.title, l.quantity, l.unit_amount, s.on_hand from checkout_link_lines l "
                       "join stock s on s.id=l.stock_id where l.link_id=? order by l.line_no", link[0])
    return jsonify(total=link[1], lines=[list(line) for line in lines])


@app.post("/links/<public_id>/<token>/visit")
def claim(public_id: str, token: str) -> tuple[Response, int]:
    """The private copy."""
    mine = tokens.new_token()
    with store() as db:
        link = _address(db, public_id, token, db.lock and "for update of l")
        lines = db.all("select line_no, variant_id, product_id, stock_id, title, sku, quantity, unit_amount from "
                       "checkout_link_lines where link_id=? order by line_no", link[0])
        shipping, rate = _terms(db)
        visitor = db.put("visitor_sessions", token_sha256=tokens.digest(mine), created_at=at(), expires_at=at(days=1))
        copy = db.put("checkout_sessions", public_id=tokens.new_public_id(), link_id=link[0], visitor_session_id=visitor,
                      status="open", claimed_at=at(), expires_at=at(days=1), completed_at=None, total_amount=link[1],
                      email="", name="", street="", postcode="", city="", details_at=None, version=0)
        db.put_all("checkout_session_lines", [
            {"checkout_session_id": copy, "line_no": line[0], "kind": "item", "variant_id": line[1], "product_id": line[2],
             "stock_id": line[3], "product_kind": "goods", "title": line[4], "sku": line[5], "quantity": line[6],
             "unit_amount": line[7], "list_amount": line[7], "tax_amount": _tax(line[7], rate), "line_amount": line[7]}
            for line in lines] + [
            {"checkout_session_id": copy, "line_no": 1000, "unit_amount": shipping, "list_amount": shipping,
             "tax_amount": _tax(shipping, rate), "line_amount": shipping}])
        db.run("update checkout_links set progress='checkout_started' where id=?", link[0])
        db.put_all("history", [fact(db, "link.opened", ("checkout_links", link[0]), device="phone", browser="Safari"),
                               fact(db, "visit.started", ("checkout_sessions", copy), link[0])])
    return jsonify(visitor=mine), 201


def _tax(amount: int, rate: int) -> int:
    return amount * rate // (100_000 + rate)


def _copy(db: Store, mine: str) -> Any:
    return db.one("select c.id, c.link_id, c.total_amount from checkout_sessions c join visitor_sessions v on "
                  "v.id=c.visitor_session_id where v.token_sha256=?", tokens.digest(mine)) or abort(404)


@app.post("/copies/<mine>/details")
def details(mine: str) -> Response:
    """Who buys and where it goes."""
    form = request.form
    with store() as db:
        copy = _copy(db, mine)
        db.run("update checkout_sessions set email=?, name=?, street=?, postcode=?, city=?, country=?, details_at=?, "
               "version=version+1 where id=?", form["email"], form["name"], form["street"], form["postcode"], form["city"],
               form["country"], at(), copy[0])
        db.put_all("history", [fact(db, "visit.details_given", ("checkout_sessions", copy[0]), copy[1])])
    return jsonify(total=copy[2])


@app.post("/copies/<mine>/payment")
def pay(mine: str) -> tuple[Response, int]:
    """The promise of a payment, and the provider's own row of it."""
    public_id, page = tokens.new_public_id(), tokens.new_token()
    with store() as db:
        copy = _copy(db, mine)
        db.one(f"select id from checkout_links where id=? and status='active' {db.lock}", copy[1]) or abort(409)
        payment = db.put("payments", public_id=public_id, link_id=copy[1], checkout_session_id=copy[0], order_id=None,
                         gateway_reference=None, idempotency_key=f"create:{public_id}", amount=copy[2], captured_amount=0,
                         status="created", steps_count=1, created_at=at(), changed_at=at(), started_until=at(minutes=35))
        db.put_all("payment_events", [{"payment_id": payment, "seq": 1, "from_status": "new", "to_status": "created", "at": at()}])
        db.put_all("outbox", [job("payment.resolve", ("payments", payment), seconds=60)])
    with store() as db:
        db.put("test_intents", reference=f"test_{public_id}", page_token_sha256=tokens.digest(page),
               idempotency_key=f"create:{public_id}", payment_public_id=public_id, amount=copy[2], status="open",
               details=json.dumps({"page": tokens.seal(page, "page")}), created_at=at())
    with store() as db:
        db.run("update payments set gateway_reference=? where id=?", f"test_{public_id}", payment)
    return jsonify(payment=payment, page=page), 201


@app.get("/intents/<page>")
def show_intent(page: str) -> Response:
    """The provider's page: what is asked of the customer."""
    with store() as db:
        intent = db.one("select amount, status from test_intents where page_token_sha256=?", tokens.digest(page)) or abort(404)
    return jsonify(amount=intent[0], status=intent[1])


@app.post("/intents/<page>")
def approve(page: str) -> Response:
    """The provider's page: the customer says yes."""
    with store() as db:
        db.run("update test_intents set status='authorised' where page_token_sha256=? and status='open'", tokens.digest(page))
    return jsonify(status="authorised")


@app.post("/payments/<int:payment>/confirmation")
def place(payment: int) -> tuple[Response, int]:
    """The order, exactly once."""
    with store() as db:
        row = db.one("select checkout_session_id, link_id, gateway_reference from payments where id=?", payment) or abort(404)
    with store() as db:
        if db.one("select status from test_intents where reference=?", row[2]) != ("authorised",):
            abort(409)
    receipt = tokens.new_token()
    with store() as db:
        copy, link, total, selection = db.one(
            "select c.id, l.id, p.amount, l.selection_id from checkout_links l join checkout_sessions c on c.link_id=l.id "
            "join payments p on p.checkout_session_id=c.id where p.id=? and l.status='active' and c.status='open' "
            f"and p.status='created' {db.lock and 'for update of l, c, p'}", payment) or abort(409)
        lines = db.all("select line_no, kind, variant_id, stock_id, title, sku, quantity, unit_amount, tax_amount from "
                       "checkout_session_lines where checkout_session_id=? order by line_no", copy)
        for stock, quantity in sorted((line[3], line[6]) for line in lines if line[3] is not None):
            if db.run("update stock set on_hand=on_hand-? where id=? and on_hand>=?", quantity, stock, quantity) != 1:
                abort(409)
        order = db.put("orders", link_id=link, checkout_session_id=copy, payment_id=payment, customer_id=None, status="placed",
                       total_amount=total, receipt_token_sha256=tokens.digest(receipt),
                       receipt_token_sealed=tokens.seal(receipt, "receipt"), placed_at=at(), paid_at=None)
        db.put_all("order_lines", [
            {"order_id": order, "line_no": line[0], "kind": line[1], "variant_id": line[2], "stock_id": line[3], "title": line[4],
             "sku": line[5], "quantity": line[6], "unit_amount": line[7], "list_amount": line[7], "tax_amount": line[8],
             "line_amount": line[7] * line[6]} for line in lines])
        db.put_all("stock_moves", [
            {"stock_id": line[3], "delta": -line[6], "order_id": order, "line_no": line[0], "reason": "sale", "at": at()}
            for line in lines if line[3] is not None])
        db.run("update checkout_links set status='consumed', progress='paid', orders_count=1, consumed_at=?, version=version+1 "
               "where id=?", at(), link)
        db.run("update checkout_sessions set status='completed', completed_at=? where id=?", at(), copy)
        db.run("update payments set status='capturing', order_id=?, steps_count=3 where id=?", order, payment)
        db.put_all("payment_events", [
            {"payment_id": payment, "seq": 2, "from_status": "created", "to_status": "authorised", "at": at()},
            {"payment_id": payment, "seq": 3, "from_status": "authorised", "to_status": "capturing", "at": at()}])
        db.run("update selections set status='won', changed_at=? where id=?", at(), selection)
        db.put_all("history", [fact(db, "selection.won", ("selections", selection)),
                               fact(db, "order.placed", ("orders", order), link, total=total)])
        db.put_all("outbox", [job("order.placed", ("orders", order)), job("payment.capture", ("payments", payment))])
    _work()
    return jsonify(order=order), 201


def _work() -> None:
    """What the worker does of a journey: it takes the capture that is due longest, has it done, and notes it."""
    with store() as db:
        first = ("select id from outbox where done_at is null and dead_at is null and not_before<=? and (lease_until is null "
                 "or lease_until<?) and topic||''='payment.capture' order by not_before, id limit 1")
        claim = db.one(f"update outbox set lease_until=?, attempts=attempts+1 where id=({first} "
                       f"{db.lock and 'for update skip locked'}) returning id, subject_id", at(minutes=1), at(), at())
    if claim is None:
        return
    job, payment = claim
    with store() as db:
        order, link, total, reference = db.one(
            "select order_id, link_id, amount, gateway_reference from payments where id=? and status='capturing'", payment)
    with store() as db:
        db.run("update test_intents set status='captured' where reference=?", reference)
    with store() as db:
        db.run("update payments set status='captured', captured_amount=amount, steps_count=4 where id=? and status='capturing'", payment)
        db.put_all("payment_events", [{"payment_id": payment, "seq": 4, "from_status": "capturing", "to_status": "captured", "at": at()}])
        db.run("update orders set status='paid', paid_at=? where id=?", at(), order)
        db.put_all("history", [fact(db, "order.paid", ("orders", order), link, total=total)])
        db.run("update outbox set done_at=?, lease_until=null where id=? or (subject_id=? and subject_type='payments' and "
               "topic='payment.resolve')", at(), job, payment)


@app.get("/copies/<mine>/receipt")
def receipt(mine: str) -> Response:
    """What was bought."""
    with store() as db:
        copy = _copy(db, mine)
        order = db.one("select id, total_amount from orders where checkout_session_id=?", copy[0]) or abort(404)
        lines = db.all("select title, quantity, unit_amount from order_lines where order_id=? order by line_no", order[0])
    return jsonify(order=order[0], total=order[1], lines=[list(line) for line in lines])


@app.get("/ready")
def ready() -> str:
    """Says that the program is up."""
    return "ready"
