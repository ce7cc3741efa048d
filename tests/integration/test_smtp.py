"""One session with a relay: TLS, logging in, addresses of any script, sizes, lines and dots."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from publisher.config import SmtpSpec
from publisher.errors import RelayUnreachable
from publisher.mime import Mailbox, message
from publisher.model import RenderedIssue, Reply, Stage
from publisher.transport.session import Envelope
from publisher.transport.smtp import SmtpSession, open_session
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT
from tests.smtp_servers import SmtpServer, serving_smtp

SECRET = "zz-canary-word"
Serve = Callable[..., SmtpServer]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with authority.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        yield


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start relays that end with the test."""
    running = []

    def start(**how: Any) -> SmtpServer:
        context = serving_smtp(SmtpServer(**how))
        running.append(context)
        return context.__enter__()

    yield start
    for context in running:
        context.__exit__(None, None, None)


def tls(authority: trustme.CA, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def opened(server: SmtpServer, *, password: str | None = None, **spec: Any) -> SmtpSession:
    spec = {"security": "none", "username": None if password is None else "us", **spec}
    return open_session(
        SmtpSpec(host="127.0.0.1", port=server.port, **spec),
        password=password,
        greeting_name="courier.example",
    )


def refusal(server: SmtpServer, **how: Any) -> str:
    """What a person reads where there is no session; nothing of use was said to the relay."""
    with pytest.raises(RelayUnreachable) as caught:
        opened(server, **how)
    assert caught.value.__suppress_context__ or SECRET not in str(caught.value.__cause__)
    return f"{caught.value} -> {caught.value.mend}"


def hand_over(
    session: SmtpSession, text: bytes = b"A: b\r\n\r\nfog\r\n", to: str = "r@x.example"
) -> Reply:
    envelope = Envelope(sender="news@courier.example", recipient=to, size=len(text))
    reply = session.offer(envelope)
    if reply.code == 250:
        reply, _ = session.send(text)
    session.close()
    return reply


# ---------------------------------------------------------------- TLS


def test_a_relay_without_starttls_gets_neither_mail_nor_password(serve: Serve) -> None:
    server = serve(offers=("AUTH PLAIN LOGIN",))
    said = refusal(server, security=SmtpSpec().security, password=SECRET)
    assert "STARTTLS" in said
    assert "smtp.security" in said
    assert [line[:4].upper() for line in server.lines] == ["EHLO"]


def test_nor_does_one_that_takes_it_back(serve: Serve) -> None:
    server = serve(offers=("STARTTLS", "AUTH PLAIN"), answers={"STAR": "454 4.7.0 not now"})
    assert "454" in refusal(server, security="starttls", password=SECRET)
    assert not server.heard("AUTH")
    assert not server.heard("MAIL")


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("host", [None, "other.example"])
def test_nor_does_one_whose_certificate_is_not_good(
    serve: Serve,
    authority: trustme.CA,
    request: pytest.FixtureRequest,
    host: str | None,
    implicit: bool,
) -> None:
    if host is not None:
        request.getfixturevalue("trusted")
    context = tls(authority, host or "127.0.0.1")
    server = serve(offers=("STARTTLS", "AUTH PLAIN"), tls=context, implicit=implicit)
    said = refusal(server, security="tls" if implicit else "starttls", password=SECRET)
    assert "certificate verify failed" in said
    assert "smtp.host must be the name" in said
    assert not server.heard("AUTH")
    assert not server.texts


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_mail_leaves_under_tls_by_either_way_to_log_in(
    serve: Serve, authority: trustme.CA, implicit: bool, mechanism: str
) -> None:
    offers = (f"AUTH {mechanism}",) if implicit else (f"AUTH {mechanism}", "STARTTLS")
    server = serve(offers=offers, tls=tls(authority), implicit=implicit, password=SECRET)
    session = opened(server, security="tls" if implicit else "starttls", password=SECRET)
    assert hand_over(session).code == 250
    assert server.under_tls == [True]
    assert server.heard("AUTH")[0].split()[1] == mechanism
    after = server.lines[server.lines.index("STARTTLS") + 1 :] if not implicit else server.lines
    assert after[0].upper().startswith("EHLO"), "what was said before TLS is asked anew"
    assert "AUTH" not in "".join(server.lines[: -len(after)])


def test_a_relay_that_speaks_no_tls_is_not_waited_for(serve: Serve) -> None:
    said = refusal(serve(), security="tls")
    assert "smtp.security" in said


# ---------------------------------------------------------------- logging in


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "PLAIN LOGIN"])
def test_a_wrong_password_is_said_without_the_password(serve: Serve, mechanism: str) -> None:
    server = serve(offers=(f"AUTH {mechanism}",), password="another")
    said = refusal(server, password=SECRET)
    assert "535" in said
    assert "smtp.username" in said
    for form in (SECRET, "enotY2FuYXJ5LXdvcmQ", "AHVzAHp6LWNhbmFyeS13b3Jk"):
        assert form not in said, "also not where the relay says it again"


def test_a_password_may_have_any_letters(serve: Serve) -> None:
    server = serve(offers=("AUTH PLAIN LOGIN",), password="Grüße-秘密")
    assert hand_over(opened(server, password="Grüße-秘密")).code == 250
    assert "535" in refusal(server, password="Grüße")


def test_a_relay_that_has_no_login_is_named(serve: Serve) -> None:
    assert "take smtp.username out" in refusal(serve(), password=SECRET)


# ---------------------------------------------------------------- addresses and sizes


def test_letters_before_the_at_where_the_relay_takes_them(serve: Serve) -> None:
    server = serve(offers=("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000"))
    assert hand_over(opened(server), to="zoë@x.example").code == 250
    assert server.heard("MAIL") == [
        "MAIL FROM:<news@courier.example> SIZE=13 BODY=8BITMIME SMTPUTF8"
    ]
    assert server.heard("RCPT") == ["RCPT TO:<zoë@x.example>"]
    assert hand_over(opened(server), to="zoe@x.example").code == 250
    assert server.heard("MAIL")[-1] == "MAIL FROM:<news@courier.example> SIZE=13"


@pytest.mark.parametrize("offers", [(), ("PIPELINING",), ("PIPELINING", "SMTPUTF8")])
def test_and_where_it_does_not_that_reader_alone_fails(
    serve: Serve, offers: tuple[str, ...]
) -> None:
    server = serve(offers=offers)
    session = opened(server)
    zoe = Envelope(sender="news@courier.example", recipient="zoë@x.example", size=9)
    reply = session.offer(zoe)
    assert (reply.code, reply.stage) == (553, Stage.RECIPIENT)
    assert "SMTPUTF8" in reply.text
    plain = Envelope(sender="news@courier.example", recipient="r@x.example", size=9)
    assert session.offer(plain).code == 250
    sent, following = session.send(b"A: b\r\n\r\n", zoe)
    assert (sent.code, following) == (250, None), "the next one is asked for by itself"
    assert session.is_open
    assert session.offer(zoe).code == 553
    assert hand_over(session).code == 250
    assert len(server.texts) == 2
    assert not any("zo" in line for line in server.lines)


def test_a_message_over_the_relays_size_is_not_begun(serve: Serve) -> None:
    server = serve(offers=("SIZE 100",))
    assert hand_over(opened(server), b"A: b\r\n\r\n" + b"f" * 90 + b"\r\n").code == 250
    reply = hand_over(opened(server), b"A: b\r\n\r\n" + b"f" * 91 + b"\r\n")
    assert (reply.code, reply.stage) == (552, Stage.SENDER)
    assert "101 bytes" in reply.text
    assert len(server.heard("MAIL")) == 1


@pytest.mark.parametrize("offers", [("SIZE",), ("SIZE 0",), ("SIZE", "PIPELINING")])
def test_a_relay_may_say_so_itself(serve: Serve, offers: tuple[str, ...]) -> None:
    server = serve(offers=offers, answers={"MAIL": "552 5.3.4 too big"})
    reply = hand_over(opened(server))
    assert (reply.code, reply.stage) == (552, Stage.SENDER)
    assert server.heard("MAIL")[0].endswith("SIZE=13")
    assert not server.texts


def test_what_a_relay_says_is_kept_as_one_plain_line(serve: Serve) -> None:
    server = serve(answers={"RCPT": "550-no\0 such\x1b[31m\r\n550 user\x07 \N{SNOWMAN}"})
    reply = hand_over(opened(server))
    assert str(reply) == "550 no  such [31m user  \N{SNOWMAN}"


# ---------------------------------------------------------------- lines and dots


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "fog\n.\nMAIL FROM:<e@x.example>\nRCPT TO:<e@x.example>\nDATA\nno\n.\n",
        "fog\r.\rQUIT\r",
        "fog\r\n.\r\nRSET\r\n",
        "fog\n.\r\nDATA\r\n.\n",
        ".\n..\n...\n",
        "\x00.\x00\n.",
        "霧\r\n.\r\nMAIL FROM:<e@x.example>\r\n" * 30,
    ],
)
def test_no_text_ends_before_its_end(serve: Serve, text: str, pipelining: bool) -> None:
    server = serve(offers=("PIPELINING",) if pipelining else ())
    raw = message(
        RenderedIssue(subject="Fog", html=f"<p>{text}</p>", text=text),
        number=7,
        slot=SLOT,
        newsletter=make_newsletter(),
        mail_url=SITE_URL,
        to=Mailbox(email="r@x.example"),
        token="sample",
    )
    assert hand_over(opened(server), raw).code == 250
    (heard,) = server.texts
    assert heard.replace(b"\r\n..", b"\r\n.") == raw
    assert b"\n" not in heard.replace(b"\r\n", b"")
    assert b"\r" not in heard.replace(b"\r\n", b"")
    assert b"\r\n.\r\n" not in heard
    assert [line[:4].upper() for line in server.lines] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize(
    "answer", ["250", "250 2.0.0 tak", "25", "", "250-more\r\n", "taken\r\n", "2500 taken\r\n"]
)
def test_an_answer_that_is_none_is_no_answer(serve: Serve, answer: str) -> None:
    class Cut(SmtpServer):
        def converse(self, connection: Any) -> None:
            with connection, connection.makefile("rb") as file:
                connection.sendall(b"220 relay.example\r\n")
                for _ in range(3):
                    file.readline()
                    connection.sendall(b"250 ok\r\n")
                file.readline()
                connection.sendall(b"354 go on\r\n")
                self.text(file)
                connection.sendall(answer.encode())

    with serving_smtp(Cut()) as server:
        session = opened(server)
        envelope = Envelope(sender="news@courier.example", recipient="r@x.example", size=9)
        assert session.offer(envelope).code == 250
        reply, following = session.send(b"A: b\r\n\r\n")
        assert (reply.code, reply.stage, following) == (0, Stage.TEXT, None)
        assert reply.text or answer == ""
        assert not session.is_open, "and nothing more is said to such a relay"
        session.close()


# ---------------------------------------------------------------- groups


GROUPS = ("PIPELINING",)
TEXT = b"A: b\r\n\r\nfog\r\n"


def envelope(name: str = "r") -> Envelope:
    return Envelope(sender="news@courier.example", recipient=f"{name}@x.example", size=len(TEXT))


def test_the_text_is_asked_for_with_the_next_reader(serve: Serve) -> None:
    """A message costs one round trip: the end of one, and all that comes before the next text."""
    server = serve(offers=GROUPS)
    session = opened(server)
    assert session.offer(envelope("a")).code == 250
    reply, offered = session.send(TEXT, envelope("b"))
    assert offered is not None
    assert (reply.code, offered.code, offered.stage) == (250, 250, Stage.RECIPIENT)
    assert [line[:4] for line in server.lines[1:]] == ["MAIL", "RCPT", "DATA"] * 2
    assert session.send(TEXT)[0].code == 250
    session.close()
    assert server.texts == [TEXT, TEXT]
    assert len(server.heard("DATA")) == 2


def test_what_was_asked_for_is_taken_back_by_hanging_up(serve: Serve) -> None:
    """Whatever is said after DATA is text, goodbye included."""
    server = serve(offers=GROUPS)
    session = opened(server)
    assert session.offer(envelope()).code == 250
    session.reset()
    assert not session.is_open
    session.close()
    assert not server.texts


def test_a_session_that_ends_before_the_text_says_nothing_more(serve: Serve) -> None:
    server = serve(offers=GROUPS)
    session = opened(server)
    assert session.offer(envelope()).code == 250
    session.close()
    assert not server.texts


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_relay_that_asks_for_what_it_refused_gets_nothing(serve: Serve, command: str) -> None:
    """RFC 2920 section 3.1: it may; what it would make of an empty text nobody knows."""
    server = serve(offers=GROUPS, answers={command: "550 5.1.1 no"})
    session = opened(server)
    reply = session.offer(envelope())
    assert reply.code == 550
    assert reply.stage is (Stage.SENDER if command == "MAIL" else Stage.RECIPIENT)
    assert not session.is_open
    session.close()
    assert not server.texts


@pytest.mark.parametrize("offers", [GROUPS, ()])
def test_a_relay_may_take_a_reader_and_no_text(serve: Serve, offers: tuple[str, ...]) -> None:
    server = serve(offers=offers, answers={"DATA": "451 4.3.0 not now"})
    session = opened(server)
    reply = session.offer(envelope())
    if not offers:
        assert reply.code == 250
        reply, _ = session.send(TEXT)
    assert (reply.code, reply.stage) == (451, Stage.RECIPIENT)
    assert session.is_open
    session.reset()
    assert server.heard("RSET")
    session.close()


def test_an_answer_to_data_that_is_none_ends_the_session(serve: Serve) -> None:
    server = serve(offers=GROUPS, answers={"DATA": "250 2.0.0 ok"})
    session = opened(server)
    reply = session.offer(envelope())
    assert (reply.code, reply.stage) == (0, Stage.RECIPIENT)
    assert not session.is_open
    session.close()


@pytest.mark.parametrize("dots", [True, False])
def test_lines_are_searched_for_dots_unless_there_are_none(serve: Serve, dots: bool) -> None:
    server = serve(offers=GROUPS)
    session = opened(server)
    assert session.offer(envelope()).code == 250
    text = TEXT + b".fog\r\n" if dots else TEXT
    assert session.send(text, dots=dots)[0].code == 250
    session.close()
    assert server.texts == [text.replace(b"\r\n.", b"\r\n..")]
