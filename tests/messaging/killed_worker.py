"""A worker that is killed the moment the mail server has taken a mail: `python -m … DATABASE_URL PORT`."""

import os
import signal
import sys

from flask import Flask

from sales_portal.core import db, tokens
from sales_portal.messaging import jobs
from sales_portal.messaging.mail import Letter, MailSettings, Smtp
from sales_portal.outbox.loop import Loop


class KilledAfterwards(Smtp):
    """Sends as the portal does, and never comes back."""

    def send(self, letter: Letter) -> None:
        """Hand the mail over and pull the plug."""
        super().send(letter)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    tokens.use_key(bytes.fromhex(os.environ["LINK_KEY"]))
    settings = MailSettings("127.0.0.1", "sales@nordlight.example", int(sys.argv[2]))
    Loop(db.engine_for(sys.argv[1]), jobs.handlers(KilledAfterwards(Flask("mails"), settings))).run_once()
