"""The only place that knows Flask-Mail and SMTP: one stored mail in, one conversation with a mail server out."""

import re
import smtplib
import ssl
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from email import policy
from email.charset import QP, Charset
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from types import TracebackType
from typing import Any, Protocol

from flask_mail import BadHeaderError, Connection, Mail, Message

from sales_portal.outbox.errors import KnownFailure, OtherSideDown, PermanentFailure

TIMEOUT_SECONDS = 10.0
_AS_WRITTEN = policy.SMTP.clone(refold_source="none")
_LONGEST_REPLY = 300
_SECRET_PART = 20


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mails are handed over, and the address they come from. `tls` is STARTTLS, `ssl` is TLS from the start."""

    server: str
    sender: str
    port: int = 25
    tls: bool = False
    ssl: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one recipient, ready to go. `secret` is the address that no log or reason may repeat.

    `stop_url` is where its recipient says no to more of them; a POST there alone does it (RFC 8058).
    """

    message_id: str
    recipient: str
    recipient_name: str
    sender_name: str
    reply_to: str | None
    title: str
    text: str
    html: str
    secret: str | None = field(default=None, repr=False)
    stop_url: str | None = field(default=None, repr=False)


class App(Protocol):
    """What Flask-Mail needs of the application: a place for its settings and a context to find them in."""

    extensions: dict[str, Any]

    def app_context(self) -> AbstractContextManager[Any]: ...


class Smtp:
    """Hands mails to a real SMTP server; made once by the application, usable from any thread."""

    def __init__(self, app: App, settings: MailSettings) -> None:
        self._app = app
        self._settings = settings
        self._state = app.extensions["mail"] = Mail().init_mail({
            "MAIL_SERVER": settings.server, "MAIL_PORT": settings.port, "MAIL_USE_TLS": settings.tls,
            "MAIL_USE_SSL": settings.ssl, "MAIL_USERNAME": settings.username, "MAIL_PASSWORD": settings.password,
            "MAIL_DEFAULT_SENDER": settings.sender})

    def send(self, letter: Letter) -> None:
        """Return once the server has accepted the mail.

        Raises `PermanentFailure` where it refused this mail or its recipient for good, `OtherSideDown` where it does
        not answer or will not talk to us, `KnownFailure` where it asks to come back later.
        """
        try:
            with self._app.app_context(), _Conversation(self._state, self._settings.timeout) as conversation:
                conversation.send(_message(letter, self._settings.sender))
        except smtplib.SMTPRecipientsRefused as refused:
            code, reply = next(iter(refused.recipients.values()))
            raise _no(code, reply, letter) from None
        except smtplib.SMTPDataError as refused:
            raise _no(refused.smtp_code, refused.smtp_error, letter) from None
        except smtplib.SMTPSenderRefused as refused:
            raise KnownFailure(_words("The mail server refused our address", refused.smtp_code, refused.smtp_error,
                                      letter)) from None
        except smtplib.SMTPResponseException as refused:
            raise OtherSideDown(_words("The mail server would not talk to us", refused.smtp_code, refused.smtp_error,
                                       letter)) from None
        except OSError as error:  # SMTPException is one too
            raise OtherSideDown(f"The mail server does not answer ({_plain(str(error), letter)})") from None
        except (BadHeaderError, ValueError):
            raise PermanentFailure("This address cannot be written on a mail") from None


class _Message(Message):
    """Flask-Mail's message, made safe for long lines and long names."""

    def _message(self) -> MIMEBase:
        made = super()._message()
        # Folded anew, an encoded name would lose its encoding: "Anna Bcc: eve" would read as a list of addresses.
        made.policy = _AS_WRITTEN
        return made

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        # SMTP allows 998 bytes a line, a note may have more.
        quoted = Charset("utf-8")
        quoted.body_encoding = QP
        return MIMEText(text or "", subtype, quoted)  # type: ignore[arg-type]


class _Conversation(Connection):
    """Flask-Mail's connection, which by itself waits for a mute server without end."""

    def __init__(self, state: Any, timeout: float) -> None:
        super().__init__(state)
        self._timeout = timeout

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, encrypt and log in, as the settings say; certificates are checked."""
        host = self._connect()
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def _connect(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        if self.mail.use_ssl:
            return smtplib.SMTP_SSL(self.mail.server, self.mail.port, timeout=self._timeout,
                                    context=ssl.create_default_context())
        return smtplib.SMTP(self.mail.server, self.mail.port, timeout=self._timeout)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
                 ) -> None:
        # The mail is accepted or refused by now: a server that does not say goodbye changes nothing.
        if self.host is not None:
            with suppress(OSError):
                self.host.quit()
            self.host.close()


def _message(letter: Letter, sender: str) -> Message:
    message = _Message(
        subject=letter.title, recipients=[(letter.recipient_name, letter.recipient)], body=letter.text,
        html=letter.html, sender=sender, reply_to=letter.reply_to)
    # Given to the constructor, a name with a comma would be taken apart.
    message.sender = (letter.sender_name, sender)
    message.msgId = letter.message_id
    if letter.stop_url is not None:
        message.extra_headers = {
            "List-Unsubscribe": f"<{letter.stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return message


def _no(code: int, reply: bytes | str, letter: Letter) -> KnownFailure:
    if code >= 500:
        return PermanentFailure(_words(f"{letter.recipient} was refused", code, reply, letter))
    return KnownFailure(_words("The mail server asks to try later", code, reply, letter))


def _words(what: str, code: int, reply: bytes | str, letter: Letter) -> str:
    said = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{what}: {code} {_plain(said, letter)}"


def _plain(said: str, letter: Letter) -> str:
    # A spam filter may quote the address it objects to.
    for part in re.split(r"[/?&=]", f"{letter.secret or ''}/{letter.stop_url or ''}"):
        if len(part) >= _SECRET_PART:
            said = said.replace(part, "…")
    return " ".join(said.split())[:_LONGEST_REPLY]
