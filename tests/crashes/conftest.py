"""A portal whose plug can be pulled, with a provider and a mail server that survive it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.payments.models import Payment
from tests import make
from tests.crashes import walking
from tests.harness.databases import Database
from tests.harness.kept import Kept
from tests.harness.mail import SMTPSink
from tests.harness.paying import Provider
from tests.harness.server import ROOT, environment_of
from tests.races.buyers import Buyer, Page


class Plug:
    """The process that forks the portal's processes, and the way to tell it to."""

    def __init__(self, database_url: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.provider = Provider(folder)
        self.smtp = SMTPSink()
        self.smtp.start()
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.mortal", str(self.provider.port)], cwd=ROOT, text=True,
            env=environment_of(DATABASE_URL=database_url, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(self.smtp.port)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log)
        self.port = self._listen()
        self._fail: str | None = None

    def warm(self, path: str) -> None:
        """Buy a link, so that what is forked from now on is quick."""
        assert self._ask(act="warm", path=path) == 0
        self.rest()

    def serve(self, fail: str = "") -> None:
        """Start the portal, to be killed at `fail`."""
        self._ask(act="serve", fail=fail)
        self._fail = fail

    def end(self) -> None:
        """Stop the portal, or see that it was killed where it was to be."""
        fail, self._fail = self._fail, None
        assert self._ask(act="end", fail=fail) == -(signal.SIGKILL if fail else signal.SIGTERM)

    def work(self, minutes: float = 0, fail: str = "") -> None:
        """Let a worker do all that is due `minutes` from now, or be killed at `fail`."""
        assert self._ask(act="work", fail=fail, minutes=minutes) == (-signal.SIGKILL if fail else 0), self.log

    @property
    def log(self) -> str:
        """The end of what the processes said."""
        return Path(self._log.name).read_text(errors="replace")[-3000:]

    def rest(self) -> None:
        """Leave nothing running and no mail behind."""
        if self._fail is not None:
            self._ask(act="end", fail="")
            self._fail = None
        self.smtp.letters.clear()

    def close(self) -> None:
        """End everything."""
        self._process.kill()
        self._process.communicate()
        self._log.close()
        self.smtp.stop()
        self.provider.stop()

    def _ask(self, **asked: Any) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._listen()

    def _listen(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.log
        return int(line)


@pytest.fixture(scope="module")
def _plugs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Plug]]:
    made: dict[str, Plug] = {}
    yield made
    for plug in made.values():
        plug.close()


@pytest.fixture
def plug(database: Database, shops: Kept, _plugs: dict[str, Plug],
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plug]:
    """The portal on `database`, nothing of it running yet."""
    if database.kind not in _plugs:
        made = _plugs[database.kind] = Plug(database.url, tmp_path_factory.mktemp("plug"))
        shops.open(database)
        with Session(database.engine) as session:
            linked = one_bag(session, shops.enter(database, session))
        made.warm(linked.path)
        shops.open(database)
    yield _plugs[database.kind]
    _plugs[database.kind].rest()


def one_bag(session: Session, shop: make.Shop) -> make.Linked:
    """A link that can be paid once."""
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    session.commit()
    return linked


@dataclass
class Anna:
    """A customer at a link of her own, whose portal may vanish at any moment."""

    plug: Plug
    session: Session
    linked: make.Linked
    buyer: Buyer = field(init=False)

    def __post_init__(self) -> None:
        self.buyer = Buyer(self.plug.port)

    def pay(self) -> None:
        """Press *Pay* and say yes at the provider."""
        walking.pay(self.buyer, self.linked.path)
        self.plug.provider.decide("approve", self.intents()[-1]["reference"])

    def come_back(self) -> Page:
        """Return from the provider's page."""
        return walking.come_back(self.buyer, self.linked.path)

    def is_cut_off(self, act: str) -> None:
        """Do `pay` or `come_back`, and get no answer."""
        with pytest.raises((OSError, HTTPException)):
            getattr(self, act)()
        self.plug.end()

    def intents(self) -> list[dict[str, Any]]:
        """What the provider knows of her payments."""
        self.session.rollback()
        ours = set(self.session.scalars(select(Payment.public_id)))
        return [intent for intent in self.plug.provider.intents() if intent["payment_id"] in ours]


@pytest.fixture
def anna(plug: Plug, session: Session, kept_shop: make.Shop) -> Anna:
    """A customer with a link to one bag."""
    return Anna(plug, session, one_bag(session, kept_shop))
