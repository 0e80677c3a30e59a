"""A payment provider of the tests' own: a process with a database of its own, which holds the truth about its intents.

`python -m tests.harness.provider FILE` serves 127.0.0.1 and prints its port. Beside what a gateway asks it takes
`/decisions` (what the customer does), `/troubles` (how the next calls go wrong) and gives `/events`, signed.
"""

import hashlib
import hmac
import json
import sqlite3
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SECRET = b"what provider and portal alone know"
SIGNATURE = "Provider-Signature"
CAPTURABLE_DAYS = 7
UNTROUBLED = ("troubles_set", "events", "decide", "change", "dispute")
SCHEMA = """
CREATE TABLE intents (
  reference TEXT PRIMARY KEY, payment_id TEXT, amount INT, currency TEXT, status TEXT, created_at TEXT,
  capture_before TEXT, captures INT DEFAULT 0, refunded INT DEFAULT 0);
CREATE TABLE answers (key TEXT PRIMARY KEY, asked TEXT, status INT, answer TEXT);
CREATE TABLE disputes (
  reference TEXT PRIMARY KEY, intent TEXT, amount INT, currency TEXT, reason TEXT, status TEXT);
CREATE TABLE events (id TEXT PRIMARY KEY, body TEXT);
"""
STEPS = {"approve": ("open", "authorised"), "decline": ("open", "declined"), "cancel": ("open", "cancelled"),
         "capture": ("authorised", "captured"), "expire": ("authorised", "cancelled")}


def sign(body: bytes, at: float | None = None, secret: bytes = SECRET) -> str:
    """The header that proves `body`."""
    moment = str(int(time.time() if at is None else at))
    return f"t={moment},v1={hmac.new(secret, moment.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


class Refused(Exception):
    """A no that is final."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Truth:
    """The provider's own database; one call after the other."""

    def __init__(self, file: str) -> None:
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(SCHEMA)
        self._lock = threading.Lock()
        self._troubles: list[dict[str, Any]] = []

    def answer(self, name: str, asked: dict[str, Any], key: str | None) -> tuple[int, Any]:
        """Do what is asked; the same key again gets the same answer, and with another question none."""
        with self._lock:
            known = self._row("SELECT * FROM answers WHERE key = ?", key) if key else None
            if known is not None:
                if known["asked"] != json.dumps(asked, sort_keys=True):
                    return 409, {"error": "this key was used for something else"}
                return known["status"], json.loads(known["answer"])
            try:
                found = 200, getattr(self, f"_{name}")(**asked)
            except Refused as no:
                found = no.status, {"error": str(no)}
            if key:
                self._database.execute("INSERT INTO answers VALUES (?, ?, ?, ?)",
                                       (key, json.dumps(asked, sort_keys=True), found[0], json.dumps(found[1])))
            return found

    def answers_so(self, key: str, status: int, answer: Any) -> None:
        """From now on `key` gets this answer: as large providers do, also where it is a failure."""
        with self._lock:
            self._database.execute("UPDATE answers SET status = ?, answer = ? WHERE key = ?",
                                   (status, json.dumps(answer), key))

    def trouble(self, name: str) -> dict[str, Any]:
        """How the call `name` goes wrong this time; `kind` is empty where it goes well."""
        with self._lock:
            found = next((one for one in self._troubles if one["call"] in (name, "any")), None)
            if found is None:
                return {"kind": "", "seconds": 0}
            found["times"] -= 1
            if found["times"] == 0:
                self._troubles.remove(found)
            return found

    def _troubles_set(self, troubles: list[dict[str, Any]]) -> dict[str, Any]:
        self._troubles = [{"times": 1, "seconds": 0} | one for one in troubles]
        return {}

    def _create(self, payment_id: str, amount: int, currency: str, **_: Any) -> dict[str, Any]:
        at = datetime.now(UTC)
        reference = f"own_{uuid.uuid4().hex}"
        self._database.execute(
            "INSERT INTO intents (reference, payment_id, amount, currency, status, created_at, capture_before) "
            "VALUES (?, ?, ?, ?, 'open', ?, ?)",
            (reference, payment_id, amount, currency, at.isoformat(),
             (at + timedelta(days=CAPTURABLE_DAYS)).isoformat()))
        return self._happened(reference, "created")

    def _fetch(self, reference: str) -> dict[str, Any]:
        return dict(self._intent(reference))

    def _find(self, payment_id: str) -> dict[str, Any] | None:
        found = self._row("SELECT * FROM intents WHERE payment_id = ? ORDER BY rowid", payment_id)
        return dict(found) if found is not None else None

    def _list(self, since: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self._database.execute(
            "SELECT * FROM intents WHERE created_at >= ? ORDER BY rowid", (since,))]

    def _capture(self, reference: str) -> dict[str, Any]:
        if self._intent(reference)["status"] != "authorised":
            raise Refused(402, "only an authorised intent can be captured")
        self._database.execute("UPDATE intents SET captures = captures + 1 WHERE reference = ?", (reference,))
        return self._moved(reference, "captured")

    def _void(self, reference: str) -> dict[str, Any]:
        status = self._intent(reference)["status"]
        if status == "captured":
            raise Refused(402, "a captured intent cannot be voided")
        return self._fetch(reference) if status in ("cancelled", "declined") else self._moved(reference, "cancelled")

    def _refund(self, reference: str, amount: int) -> dict[str, Any]:
        intent = self._intent(reference)
        if intent["status"] != "captured" or intent["refunded"] + amount > intent["amount"]:
            raise Refused(402, "more than was captured cannot be refunded")
        self._database.execute("UPDATE intents SET refunded = refunded + ? WHERE reference = ?", (amount, reference))
        return self._happened(reference, "refunded")

    def _decide(self, reference: str, decision: str) -> dict[str, Any]:
        before, after = STEPS[decision]
        if self._intent(reference)["status"] != before:
            raise Refused(402, f"only an intent that is {before} can {decision}")
        return self._moved(reference, after)

    def _change(self, reference: str, **values: Any) -> dict[str, Any]:
        for name, value in values.items():
            self._database.execute(f"UPDATE intents SET {name} = ? WHERE reference = ?", (value, reference))
        return self._fetch(reference)

    def _dispute(self, reference: str, status: str, dispute: str, amount: int, currency: str) -> dict[str, Any]:
        self._database.execute("INSERT OR REPLACE INTO disputes VALUES (?, ?, ?, ?, 'fraudulent', ?)",
                               (dispute, reference, amount, currency, status))
        return self._happened(reference, "dispute.updated")

    def _disputes(self, reference: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self._database.execute(
            "SELECT reference, amount, currency, reason, status FROM disputes WHERE intent = ?", (reference,))]

    def _events(self) -> list[dict[str, Any]]:
        return [{"id": row["id"], "body": row["body"]} for row in self._database.execute(
            "SELECT * FROM events ORDER BY rowid")]

    def _moved(self, reference: str, status: str) -> dict[str, Any]:
        self._database.execute("UPDATE intents SET status = ? WHERE reference = ?", (status, reference))
        return self._happened(reference, status)

    def _happened(self, reference: str, what: str) -> dict[str, Any]:
        event = {"id": f"evt_{uuid.uuid4().hex}", "type": f"intent.{what}", "reference": reference}
        self._database.execute("INSERT INTO events VALUES (?, ?)", (event["id"], json.dumps(event)))
        return self._fetch(reference)

    def _intent(self, reference: str) -> sqlite3.Row:
        found = self._row("SELECT * FROM intents WHERE reference = ?", reference)
        if found is None:
            raise Refused(404, "no such intent")
        return found

    def _row(self, sql: str, value: Any) -> Any:
        return self._database.execute(sql, (value,)).fetchone()


class Handler(BaseHTTPRequestHandler):
    """`POST /<call>` with JSON in and out."""

    truth: Truth
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        name = urlsplit(self.path).path.strip("/")
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        trouble = {"kind": ""} if name in UNTROUBLED else self.truth.trouble(name)
        if trouble["kind"] in ("too_many", "fails"):
            self._say(429 if trouble["kind"] == "too_many" else 500, {"error": "not now"})
            return
        status, answer = self.truth.answer(name, asked, self.headers["Idempotency-Key"])
        if trouble["kind"] == "slow":
            time.sleep(trouble["seconds"])
        if trouble["kind"] == "lost":
            self.close_connection = True
            return
        if trouble["kind"] == "fails_after":
            status, answer = 500, {"error": "it was done all the same"}
            self.truth.answers_so(self.headers["Idempotency-Key"], status, answer)
        self._say(status, answer)

    def _say(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main(file: str) -> None:
    """Serve until killed, or until whoever started it is no more and lets go of what this reads."""
    Handler.truth = Truth(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
