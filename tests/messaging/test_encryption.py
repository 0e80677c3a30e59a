"""TLS and logging in, as the settings say: nothing is sent in the clear to a server that was to encrypt."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Conversation
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sales_portal.core import clock
from tests.harness.mail import SMTPSink
from tests.messaging.conftest import JobNow, Queue, Read, Work


class GuardedSink(SMTPSink):
    """An SMTP server that takes mails only over TLS and from somebody it knows."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self.SMTP_kwargs = {
            "tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": self.know}

    def know(self, server: SMTP, session: Conversation, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        """Whether the password is right."""
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"portal", b"open sesame")
        return AuthResult(success=is_right, handled=is_right)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    at = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256()))
    file = tmp_path / "server.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption()))
    return file


@pytest.fixture
def guarded(certificate: Path) -> Iterator[GuardedSink]:
    """The guarded server, running."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    sink = GuardedSink(context)
    sink.start()
    yield sink
    sink.stop()


def test_a_mail_goes_over_tls_with_the_right_password(
        guarded: GuardedSink, certificate: Path, queue: Queue, delivery: Read, work: Work,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    queue()

    work(guarded.port, tls=True, username="portal", password="open sesame").run_once()

    assert delivery().state == "sent"
    assert len(guarded.letters) == 1


def test_a_wrong_password_is_a_matter_for_us_and_is_tried_again(
        guarded: GuardedSink, certificate: Path, queue: Queue, delivery: Read, job: JobNow, work: Work,
        monkeypatch: pytest.MonkeyPatch, logged: list[dict[str, object]]) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    queue()

    work(guarded.port, tls=True, username="portal", password="open pepper").run_once()

    assert delivery().state == "queued"
    assert str(job().last_error).startswith("The mail server would not talk to us: 535")
    assert "open pepper" not in str(logged)


def test_a_certificate_nobody_vouches_for_stops_the_mail(
        guarded: GuardedSink, queue: Queue, delivery: Read, job: JobNow, work: Work) -> None:
    queue()

    work(guarded.port, tls=True, username="portal", password="open sesame").run_once()

    assert (delivery().state, guarded.letters) == ("queued", [])
    assert "certificate verify failed" in str(job().last_error)


def test_a_server_without_tls_gets_nothing_where_tls_is_wanted(
        smtp: SMTPSink, queue: Queue, delivery: Read, work: Work) -> None:
    queue()

    work(smtp.port, tls=True).run_once()

    assert (delivery().state, smtp.letters) == ("queued", [])
