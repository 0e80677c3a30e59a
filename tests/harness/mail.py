"""A real SMTP server that keeps what it is sent, and can be told to refuse."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Letter:
    """One mail as it arrived: the envelope and the parsed message."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject line, decoded."""
        return str(self.message["Subject"])

    def text(self, kind: str = "plain") -> str:
        """The body as `plain` or `html`."""
        part = self.message.get_body((kind,))
        assert part is not None, f"the mail has no {kind} body"
        return str(part.get_content()).replace("\r\n", "\n")


class SMTPSink(Controller):
    """An SMTP server on a free port of 127.0.0.1; `letters` holds what it took, `answer` may be set to a refusal."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answer = "250 taken"
        self._listening = socket.create_server(("127.0.0.1", 0))
        super().__init__(self, hostname="127.0.0.1", port=self._listening.getsockname()[1])

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, or answer as the test wants."""
        if self.answer.startswith("2"):
            parsed = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.letters.append(Letter(str(envelope.mail_from), list(envelope.rcpt_tos), parsed))
        await asyncio.sleep(0)
        return self.answer

    def to(self, address: str) -> list[Letter]:
        """The letters `address` was sent, oldest first."""
        return [letter for letter in self.letters if address in letter.recipients]


@pytest.fixture
def smtp() -> Iterator[SMTPSink]:
    """A running SMTP server of the test's own; hand `smtp.hostname` and `smtp.port` to the portal."""
    sink = SMTPSink()
    sink.start()
    yield sink
    sink.stop()
