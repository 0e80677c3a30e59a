"""Where a webhook may go: rows 129 and 130. What is refused when it is typed is refused when it is sent, too."""

import socket
import threading

import pytest

from sales_portal.core.errors import Invalid
from sales_portal.messaging import receivers as rules
from sales_portal.messaging import webhook
from sales_portal.messaging.receivers import Receiver, Receivers
from tests.harness.receiver import Receiver as Sink

INTERNAL = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "::",
    "::1", "fd00::1", "fe80::1", "fe80::1%eth0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "::7f00:1", "::ffff:0:127.0.0.1", "ff02::1",
    "fec0::1", "2001:db8::1", "3fff::1", "4000::1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:10.0.0.1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe", "no address")
PUBLIC = ("1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_not_public(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is(address: str) -> None:
    assert rules.is_public(address)


@pytest.mark.parametrize(("typed", "why"), [
    ("", "Enter the address to send to"), ("   ", "Enter the address to send to"),
    ("hooks.example.com", "begins with https://"), ("/sales", "begins with https://"), ("https://", "begins with https://"),
    ("http://hooks.example.com/", "begins with https://"), ("ftp://hooks.example.com/", "begins with https://"),
    ("gopher://hooks.example.com/", "begins with https://"), ("file:///etc/passwd", "begins with https://"),
    ("javascript:alert(1)", "begins with https://"),
    ("https://127.0.0.1/", "not on the public internet"), ("https://0/", "not on the public internet"),
    ("https://0x7f000001/", "not on the public internet"), ("https://2130706433/", "not on the public internet"),
    ("https://0x7f.1/", "not on the public internet"), ("https://017700000001/", "not on the public internet"),
    ("https://127.0.0.1./", "not on the public internet"), ("https://[::1]/", "not on the public internet"),
    ("https://[::ffff:127.0.0.1]/", "not on the public internet"), ("https://[fd00::1]/", "not on the public internet"),
    ("https://169.254.169.254/latest/meta-data", "not on the public internet"),
    ("https://me:secret@hooks.example.com/", "before the @"), ("https://@hooks.example.com/", "before the @"),
    ("https://hooks.example.com/#top", "Leave out the #"), ("https://hooks.example.com/#", "Leave out the #"),
    ("https://hooks.example.com:22/", "Use port 443 or 8443"), ("https://hooks.example.com:80/", "Use port 443"),
    ("https://hooks.example.com:99999/", "not a web address"), ("https://hooks.example.com:x/", "not a web address"),
    ("https://[::1/", "not a web address"), ("https://a b.example/", "without spaces"),
    ("https://hooks.example.com\\@10.0.0.1/", "without spaces, backslashes"),
    ("https://hooks.example.com/\r\nX: y", "spaces"), ("https://hööks.example/", "accents"),
    ("https://hooks.exa mple/", "spaces"), ("https://-.example/", "not a web address"),
    ("https://%31%32%37.0.0.1/", "not a web address"), ("https://a..b/", "not a web address"),
    ("https://hooks.example.com/" + "a" * 500, "500 characters or fewer")])
def test_what_is_no_address_of_the_internet_is_refused_when_it_is_typed(typed: str, why: str) -> None:
    with pytest.raises(Invalid, match="(?i)" + why.replace(".", r"\.")) as refused:
        Receivers().read(typed)
    assert refused.value.field == "url"


@pytest.mark.parametrize(("typed", "receiver"), [
    ("https://hooks.example.com", Receiver("https", "hooks.example.com", 443, "/", False)),
    ("HTTPS://Hooks.Example.COM/", Receiver("https", "hooks.example.com", 443, "/", False)),
    (" https://hooks.example.com:8443/a/b?c=d&e ", Receiver("https", "hooks.example.com", 8443, "/a/b?c=d&e", False)),
    ("https://xn--hks-sna.example/", Receiver("https", "xn--hks-sna.example", 443, "/", False)),
    ("https://[2606:4700:4700::1111]/x", Receiver("https", "2606:4700:4700::1111", 443, "/x", False))])
def test_an_address_is_taken_apart(typed: str, receiver: Receiver) -> None:
    assert Receivers().read(typed) == receiver


@pytest.mark.parametrize(("receiver", "netloc"), [
    (Receiver("https", "a.example", 443, "/", False), "a.example"),
    (Receiver("https", "a.example", 8443, "/", False), "a.example:8443"),
    (Receiver("http", "a.example", 80, "/", True), "a.example"),
    (Receiver("https", "2606::1", 8443, "/", False), "[2606::1]:8443")])
def test_the_host_is_said_as_it_was_typed(receiver: Receiver, netloc: str) -> None:
    assert receiver.netloc == netloc


@pytest.mark.parametrize(("found", "why"), [
    (["127.0.0.1"], "not on the public internet"), (["1.1.1.1", "10.0.0.1"], "not on the public internet"),
    (["fe80::1%eth0"], "not on the public internet"), ([], "can't find")])
def test_a_name_that_leads_inside_or_nowhere_is_refused(found: list[str], why: str) -> None:
    inside = Receivers(lookup=lambda host, port: found)
    with pytest.raises(Invalid, match=why):
        inside.find(inside.read("https://127-0-0-1.nip.example/"))


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_resolver_that_fails_finds_nothing(trouble: Exception) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise trouble

    broken = Receivers(lookup=fail)
    with pytest.raises(Invalid, match=r"can't find hooks\.example"):
        broken.find(broken.read("https://hooks.example/"))


def test_the_operators_own_receiver_may_be_inside_and_speak_http() -> None:
    own = Receivers(["Intranet:9000"], lookup=lambda host, port: ["10.0.0.7"])
    assert own.find(own.read("http://intranet:9000/x")) == "10.0.0.7"
    assert Receivers(["[::1]:9000"]).read("http://[::1]:9000/").is_vouched
    for other in ("http://intranet:9001/", "http://intranet/", "http://10.0.0.7:9000/"):
        with pytest.raises(Invalid):
            own.read(other)


def test_a_message_goes_to_the_address_that_was_looked_at_although_the_next_answer_is_another(receiver: Sink) -> None:
    """Row 130: what is asked a second time may answer otherwise, so nobody asks a second time."""
    port, answers = int(receiver.host.rpartition(":")[2]), [["127.0.0.1"], ["192.0.2.1"]]
    flips = Receivers([f"rebinds.example:{port}"], lookup=lambda host, port: answers.pop(0))
    reply = webhook.post(flips, f"http://rebinds.example:{port}/sales", "{}", {})
    assert (reply.status_code, reply.problem) == (204, "")
    assert receiver.got[0].headers["host"] == f"rebinds.example:{port}"
    assert answers == [["192.0.2.1"]]


def test_a_name_that_has_come_to_lead_inside_is_sent_nothing() -> None:
    flips = Receivers(lookup=lambda host, port: ["127.0.0.1"])
    reply = webhook.post(flips, "https://hooks.example.com/", "{}", {})
    assert (reply.status_code, reply.problem) == (None, rules.NOT_PUBLIC)


def test_a_receiver_whose_certificate_nobody_vouches_for_is_sent_nothing(receiver: Sink) -> None:
    own = Receivers([receiver.host])
    reply = webhook.post(own, f"https://{receiver.host}/sales", "{}", {})
    assert reply.status_code is None
    assert reply.problem.startswith(("The connection failed", "Its certificate"))
    assert receiver.got == []


@pytest.mark.parametrize("answer", [
    b"\x00SECRET password=hunter2\r\n", b"HTTP/1.1 200 OK\r\nSECRET: \x00\r\nSECRET\r\n", b"SECRET", b""])
def test_nothing_of_what_was_answered_is_kept_or_logged(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Row 131."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=say, args=(server, answer), daemon=True).start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        reply = webhook.post(Receivers([host]), f"http://{host}/?token=SECRET", "{}", {})
    assert "SECRET" not in reply.problem + caplog.text
    assert (reply.status_code is None) == bool(reply.problem)
    assert "\x00" not in reply.problem


def say(server: socket.socket, answer: bytes) -> None:
    """Answer one request with these bytes."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)
