"""Starts the portal on one machine: database, demo shop, web and worker in one go, until Ctrl-C."""

import ctypes
import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from typing import NoReturn

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import OperationalError

from sales_portal.application import migrating, setup, worker
from sales_portal.application.config import BadConfiguration
from sales_portal.application.factory import create_app
from sales_portal.web.extensions import db

THREADS = 4
SECONDS_TO_STOP = 15
PR_SET_PDEATHSIG = 1
DEMO_PEOPLE = "admin@demo.example, manager@demo.example, maria@demo.example or ben@demo.example"


def main(environ: Mapping[str, str] = os.environ) -> None:
    """Serve the portal as `environ` says until Ctrl-C or SIGTERM, which both end it with exit code 0."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        host, port = environ.get("HOST", "127.0.0.1"), _port(environ.get("PORT", "5000"))
        _refuse_taken(host, port)
        app = _app()
        _prepare(app)
        _serve(app, host, port)
    except BadConfiguration as problem:
        _give_up(str(problem))
    except OperationalError as problem:
        _give_up(f"The database does not answer; check DATABASE_URL. It said: {problem.orig}")
    except KeyboardInterrupt:
        _say("Stopped.")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise BadConfiguration(f"PORT must be a number between 1 and 65535, not {text!r}.")
    return int(text)


def _refuse_taken(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            free = port + 1 if port < 65535 else port - 1
            raise BadConfiguration(f"Port {port} is in use. Choose another one: make run PORT={free}") from None
        raise BadConfiguration(f"Nothing can listen on {host}:{port}: {problem.strerror}. Set HOST or PORT.") from None


@cache
def _app() -> Flask:
    """The app of this process: one that was forked serves the app its parent made."""
    return create_app({"EMBEDDED_WORKER": False})


def _prepare(app: Flask) -> None:
    with app.app_context():
        if not migrating.is_migrated(db.engine):
            _say("Making the database" + (" and the demo shop" if app.config["DEMO"] else "") + ", once …")
        db.engine.dispose()
    setup.prepare(app)
    # No connection may be shared with the process that serves.
    with app.app_context():
        db.engine.dispose()


def _serve(app: Flask, host: str, port: int) -> None:
    server = Granian(
        "app:app", host, port, interface=Interfaces.WSGI, workers=1, blocking_threads=THREADS, websockets=False,
        log_level=LogLevels.warning, workers_kill_timeout=SECONDS_TO_STOP)
    # A closed terminal stops the portal as Ctrl-C does; granian by itself would start anew.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.on_startup(threading.Thread(target=_announce, args=(app, host, port), daemon=True).start)
    server.serve(target_loader=_load, wrap_loader=False)
    _say("Stopped.")


def _load() -> Flask:
    """The app in the process that serves, with the worker's thread in it."""
    # Ctrl-C reaches every process of a terminal's group; this one is stopped by its parent, in order.
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    worker.start_thread(_app())
    return _app()


def _announce(app: Flask, host: str, port: int) -> None:
    address = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    while not _answers(address, port):
        time.sleep(0.05)
    _say(f"Sales Portal is ready: http://{address}:{port}")
    if app.config["DEMO"]:
        _say(f"  Log in as {DEMO_PEOPLE}; the password is demo.")
    _say("  Ctrl-C stops it.")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(f"HEAD /login HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _give_up(reason: str) -> NoReturn:
    sys.stderr.write(f"{reason}\n")
    sys.exit(1)
