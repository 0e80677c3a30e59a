"""A worker killed between the server's yes and its own note of it: the mail is there, at worst twice, never lost."""

import signal
import subprocess
import sys

from tests.harness.databases import Database
from tests.harness.mail import SMTPSink
from tests.harness.server import ROOT
from tests.harness.time import Clock
from tests.messaging.conftest import Queue, Read, Work


def test_a_kill_after_the_server_took_the_mail_sends_the_same_mail_once_more(
        database: Database, smtp: SMTPSink, queue: Queue, delivery: Read, work: Work, clock: Clock) -> None:
    queue()
    killed = subprocess.run(
        [sys.executable, "-m", "tests.messaging.killed_worker", database.url, str(smtp.port)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(smtp.letters) == 1
    assert delivery().state == "queued"

    loop = work(smtp.port)
    assert loop.run_once() == 0
    clock.advance(seconds=61)
    assert loop.run_once() == 1
    assert loop.run_once() == 0

    assert delivery().state == "sent"
    assert [letter.message["Message-ID"] for letter in smtp.letters] == [delivery().message_id] * 2
