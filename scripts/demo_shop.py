"""A fresh demo shop on a free port of 127.0.0.1, for the scripts that look at its pages in a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from sales_portal.application import setup
from sales_portal.application.factory import create_app

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are not what these scripts print."""


@contextmanager
def serve(database_url: str) -> Iterator[tuple[Flask, str]]:
    """Fill `database_url`, and serve it while this runs; gives the app and the address of its pages."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = create_app({"SQLALCHEMY_DATABASE_URI": database_url, "PUBLIC_BASE_URL": url})
    setup.prepare(app)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app, url
    finally:
        server.shutdown()
