"""The one place that speaks HTTP to a receiver: a signed message goes out, and what was answered comes back."""

import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from sales_portal.core.errors import Invalid
from sales_portal.messaging.receivers import Receiver, Receivers

SECONDS_TO_CONNECT = 5.0
SECONDS = 15.0
AGENT = "Sales-Portal-Webhooks"
_LONGEST_PROBLEM = 300

# It writes whole addresses, with what is secret in them, and pieces of answers into its warnings.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Reply(NamedTuple):
    """What a receiver answered, or in `problem` why it did not. The body is never read: nobody needs it."""

    status_code: int | None
    milliseconds: int
    problem: str = ""


def sign(secrets: Sequence[str], message_id: str, at: datetime, body: str) -> str:
    """The `webhook-signature` of Standard Webhooks: one signature for each secret, with spaces between."""
    return " ".join(Webhook(secret).sign(message_id, at, body) for secret in secrets)


def headers_of(message_id: str, at: datetime, signature: str) -> dict[str, str]:
    """The headers a receiver verifies a message by."""
    return {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def post(receivers: Receivers, url: str, body: str, headers: Mapping[str, str]) -> Reply:
    """Hand a message over, within `SECONDS` and what the resolver takes. It goes to the address that was looked at, and
    follows no redirect."""
    begun = time.monotonic()
    try:
        receiver = receivers.read(url)
        connection = _connection(receiver, receivers.find(receiver))
        status, problem = _exchange(connection, receiver, body, headers), ""
    except Invalid as refusal:
        status, problem = None, refusal.text
    except TimeoutError:
        status, problem = None, f"No answer within {SECONDS:.0f} seconds"
    except (OSError, HTTPError, http.client.HTTPException) as error:
        status, problem = None, _words(error)
    return Reply(status, round((time.monotonic() - begun) * 1000), problem[:_LONGEST_PROBLEM])


def _words(error: Exception) -> str:
    # In words of ours and the system's: what was answered may hold anything, and stands on a page.
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"Its certificate is not valid: {cause.verify_message}"
    if isinstance(cause, OSError):
        return f"The connection failed: {cause.strerror or type(cause).__name__}"
    return "It did not answer as HTTP asks"


def _connection(receiver: Receiver, address: str) -> HTTPConnection:
    if receiver.scheme == "http":
        return HTTPConnection(address, receiver.port, timeout=SECONDS_TO_CONNECT)
    return HTTPSConnection(address, receiver.port, timeout=SECONDS_TO_CONNECT, server_hostname=receiver.host,
                           assert_hostname=receiver.host, cert_reqs="CERT_REQUIRED")


def _exchange(connection: HTTPConnection, receiver: Receiver, body: str, headers: Mapping[str, str]) -> int:
    """The status of the answer; raises TimeoutError where it is not there in time, however busy we are kept."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        if connection.sock is not None:
            with suppress(OSError):
                # The socket beneath TLS: its own way of ending would wait for the other side.
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    watch = threading.Timer(SECONDS, end)
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.sock.settimeout(SECONDS)
        connection.request("POST", receiver.target, body=body.encode(), preload_content=False, headers={
            "Host": receiver.netloc, "Content-Type": "application/json", "User-Agent": AGENT, **headers})
        status = connection.getresponse().status
        # Cut off in the middle of its head an answer looks like a whole one.
        if is_late.is_set():
            raise TimeoutError
        return status
    except (OSError, HTTPError, http.client.HTTPException) as error:
        if is_late.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        connection.close()
