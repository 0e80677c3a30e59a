"""One request is one transaction: begun for reading or writing by its method, and ended here, nowhere else."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app

from sales_portal.core import translation
from sales_portal.core.db import reading
from sales_portal.web import typed
from sales_portal.web.extensions import db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


def writes_on_get(view: View) -> View:
    """Mark the rare view whose GET may write; every one of them is listed in a test."""
    view.writes_on_get = True  # type: ignore[attr-defined]
    return view


def may_write_on_get(view: View) -> View:
    """Mark the rare view that reads, and whose GET turns to writing for some of what it shows; listed likewise."""
    view.may_write_on_get = True  # type: ignore[attr-defined]
    return view


def turn_to_writing() -> None:
    """From here on this GET may write, and what it writes is committed; all that was read so far must be read again."""
    asked = typed.this_request()
    if not getattr(current_app.view_functions.get(asked.endpoint or ""), "may_write_on_get", False):
        raise RuntimeError("this view may not write when it is only looked at")
    db.session.rollback()
    reading.set(False)


def let_go() -> None:
    """End the transaction of this request, which has written nothing yet, before it asks somebody who may be slow.

    What follows is in a new one; all that was read so far is read again.
    """
    db.session.rollback()


def install(app: Flask) -> None:
    """Put the edge around every request of `app`."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    asked = typed.this_request()
    reading.set(asked.method in SAFE and not getattr(current_app.view_functions.get(asked.endpoint or ""),
                                                     "writes_on_get", False))


def _end(response: Response) -> Response:
    if response.status_code < 400 and not reading.get():
        session = db.session()
        # Nobody looks at a row any more: forgetting what each held costs more than the commit.
        session.expire_on_commit = False
        session.commit()
    db.session.remove()
    return response


def _forget(_: BaseException | None) -> None:
    reading.set(False)
    # Whatever this thread does next it does in English until it is told otherwise.
    translation.speak(translation.ENGLISH)
