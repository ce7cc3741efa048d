"""What leaves: signed by two keys, as two other programs see it; to all readers; no secret."""

from __future__ import annotations

import os
import signal
import ssl
import time
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from errno import EACCES
from pathlib import Path

import pytest
import trustme

from publisher.config.load import load_config
from publisher.delivery.dkim import signed
from publisher.transport.keys import read_key
from publisher.transport.passwords import look_at_secret_files
from tests.mailings import Mailed
from tests.relays import Relay
from tests.signing import DOMAIN, dkimpy_says, opendkim_says, signing
from tests.sites import CONFIG, UNJUDGED, Site
from tests.smtp_servers import SmtpServer, serving_smtp

SECRET = "zz-canary-word"
FORMS = (SECRET, "enotY2FuYXJ5LXdvcmQ", "AHVzAHp6LWNhbmFyeS13b3Jk")
"""The password, and the beginnings of what AUTH makes of it."""


def test_an_issue_is_signed_and_reaches_every_kind_of_reader(
    mailed: Mailed, tmp_path: Path, program: Callable[[str], str]
) -> None:
    opendkim = program("opendkim")
    signs = signing(mailed.site.folder)
    mailed.site.article(
        "dots.md", "A line\n\n.\n\n    .\r.\n    MAIL FROM:<e@x.example>\n    .\n\nend"
    )
    with serving_smtp(SmtpServer(offers=("PIPELINING", "8BITMIME", "SIZE 10000000"))) as server:
        mailed.use(Relay(port=server.port, log=tmp_path / "log"), signs.config)
        mailed.site.write(
            "readers.csv",
            "email,name\n"
            'r@bücher.example,"Ann ""the Great"", <e@x.example>"\n'
            "o'b+x@x.example,Zoë 霧\n"
            "zoë@x.example,Zoë\n"
            '"b\ncc@x.example",Bob\n'
            'c@x.example,"Carl\r\nBcc: e@x.example"\n'
            "d@x.example,D\0an\n",
        )
        ran = mailed.site.run(
            "subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed"
        )
        assert ran.code == 3
        for line in (5, 7, 9):
            assert f"readers.csv:{line}" in ran.err
        mailed.site.publish_here()
        assert mailed.deliver().out == "2 sent, 1 failed\n"
        rows = {row["recipient"]: row for row in mailed.ledger()}
        assert rows["zoë@x.example"]["state"] == "failed"
        assert "SMTPUTF8" in rows["zoë@x.example"]["reply"]
        assert sorted(server.heard("RCPT")) == [
            "RCPT TO:<o'b+x@x.example>",
            "RCPT TO:<r@xn--bcher-kva.example>",
        ]
    assert len(server.texts) == 2
    names = set()
    for raw in (text.replace(b"\r\n..", b"\r\n.") for text in server.texts):
        parsed = message_from_bytes(raw, policy=default)
        (to,) = parsed["to"].addresses
        names.add((to.display_name, to.addr_spec))
        assert parsed["bcc"] is None
        assert dkimpy_says(raw, signs.records) == [True, True]
    first = opendkim_says(opendkim, raw, signs.records, tmp_path / "judge")
    assert first == f"verification (s=rsa, d={DOMAIN}, 2048-bit key) succeeded"
    changed = raw.replace(b"One-Click", b"One-Clack", 1)
    assert "failed" in opendkim_says(opendkim, changed, signs.records, tmp_path / "judge")
    key = read_key(mailed.site.folder / "ed.pem", domain=DOMAIN, selector="ed")
    unsigned = raw[raw.index(b"\r\nFrom: ") + 2 :]
    other = opendkim_says(
        opendkim, signed(unsigned, [key], 1_790_000_000), signs.records, tmp_path / "judge"
    )
    assert other.startswith(f"verification (s=ed, d={DOMAIN}")
    assert other.endswith("succeeded")
    assert names == {
        ('Ann "the Great", <e@x.example>', "r@xn--bcher-kva.example"),
        ("Zoë 霧", "o'b+x@x.example"),
    }


def test_a_key_that_others_may_read_stops_it_before_anything_leaves(
    mailed: Mailed, tmp_path: Path
) -> None:
    signs = signing(mailed.site.folder)
    with serving_smtp(SmtpServer()) as server:
        mailed.use(Relay(port=server.port, log=tmp_path / "log"), signs.config)
        mailed.readers(2)
        mailed.site.publish_here()
        (mailed.site.folder / "ed.pem").chmod(0o644)
        ran = mailed.deliver()
        assert ran.code == 2
        assert "ed.pem" in ran.err
        assert "mode 644" in ran.err
        assert "chmod 600" in ran.err
        assert server.lines == []
        assert mailed.states() == {"pending": 2}


def test_a_key_that_others_may_read_is_told_by_check(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    signs = signing(site.folder)
    site.write("publisher.yaml", CONFIG + UNJUDGED + signs.config)
    key = site.folder / "ed.pem"
    assert "ed.pem" not in site.run("check").err
    key.chmod(0o640)
    ran = site.run("check")
    assert ran.code == 3
    assert f"error: {key}: dkim: others than its owner may read or write it (mode 640)" in ran.err
    assert f"mend:  chmod 600 {key}" in ran.err
    assert site.run("check", "--strict").code == 1
    key.unlink()
    ran = site.run("check")
    said = "dkim: cannot be read: No such file or directory: where that is so, no mail is sent"
    assert (ran.code, f"warning: {key}: {said}" in ran.err) == (0, True)
    os.mkfifo(key, 0o600)
    ran = site.run("check")
    assert (ran.code, "dkim: is a pipe" in ran.err) == (3, True)


ACCOUNT = "host: mail.example, username: us, password_file: word"
NAMED = {
    "smtp.password_file": f"smtp: {{{ACCOUNT}}}",
    "alerts.password_file": "alerts: {webhook: 'https://hook.example/', password_file: word}",
    "bounces.imap.password_file": f"bounces: {{address: b@courier.example, imap: {{{ACCOUNT}}}}}",
    "sources[1].imap.password_file": f"""\
sources:
  - {{name: own, path: articles}}
  - {{name: post, type: imap, all: true, imap: {{{ACCOUNT}}}}}""",
    "outputs.far.secret_key_file": """\
outputs:
  - {name: far, type: s3, bucket: courier, access_key_env: KEY, secret_key_file: word}""",
}
"""Where publisher.yaml names a file of a password."""


@pytest.mark.parametrize("key", NAMED)
def test_a_password_that_others_may_read_is_told_by_check(
    make_site: Callable[..., Site], key: str
) -> None:
    site = make_site(f"{CONFIG}{UNJUDGED}{NAMED[key]}\n")
    site.article("one.md")
    word = site.write("word", "s3cret\n")
    word.chmod(0o600)
    ran = site.run("check")
    assert (ran.code, "word" in ran.err) == (0, False), ran.err
    word.chmod(0o644)
    ran = site.run("check")
    assert ran.code == 3, ran.err
    assert f"error: {word}: {key}: everybody may read or write it (mode 644)" in ran.err
    assert f"mend:  chmod 600 {word}" in ran.err
    assert "s3cret" not in ran.err + ran.out
    word.unlink()
    ran = site.run("check")
    said = f"warning: {key}: word: No such file or directory: the machine that sends or fetches"
    assert (ran.code, said in ran.err) == (0, True), ran.err
    os.mkfifo(word, 0o600)
    assert site.run("check").code == 0, "it is not read, for who needs it can do so once"


def test_a_password_in_a_folder_that_is_barred_to_who_checks_is_told(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root has it for a service, where an editor says `check`."""
    site = make_site(
        f"{CONFIG}{UNJUDGED}smtp: {{host: a.example, username: a, password_file: /run/word}}\n"
    )
    look = Path.stat

    def barred(path: Path, **how: bool) -> os.stat_result:
        if path == Path("/run/word"):
            raise PermissionError(EACCES, "Permission denied")
        return look(path, **how)

    monkeypatch.setattr(Path, "stat", barred)
    (refused,), missing = look_at_secret_files(load_config(site.folder / "publisher.yaml"))
    assert str(refused) == "smtp.password_file: /run/word: Permission denied"
    assert not missing


def test_a_password_is_nowhere_but_under_tls(
    make_site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S19: in every output there is, also where a relay says the password when it refuses it."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    site = make_site()
    site.article("fog.md")
    mailed = Mailed(site=site, connections=1, database="sqlite")
    monkeypatch.setenv("RELAY_WORD", SECRET)
    said = []
    with (
        authority.cert_pem.tempfile() as file,
        serving_smtp(SmtpServer(offers=("AUTH PLAIN LOGIN",))) as bare,
        serving_smtp(
            SmtpServer(offers=("AUTH PLAIN LOGIN", "STARTTLS"), tls=context, password="another")
        ) as refusing,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", file)
        for server, reason in ((bare, "STARTTLS"), (refusing, "535")):
            site.write(
                "publisher.yaml",
                f"{CONFIG}{UNJUDGED}smtp: {{host: 127.0.0.1, port: {server.port}, username: us, "
                "password_env: RELAY_WORD, connections: 1, timeout: 2s}\n",
            )
            if server is bare:
                mailed.readers(1)
                site.publish_here()
            process = mailed.start()
            end = time.monotonic() + 20
            while not server.heard("QUIT") and not server.heard("AUTH") and server is refusing:
                assert time.monotonic() < end
                time.sleep(0.02)
            while not server.lines:
                assert time.monotonic() < end
                time.sleep(0.02)
            time.sleep(0.3)
            process.process.send_signal(signal.SIGTERM)
            code, out = process.ended(20)
            assert code == 3
            assert reason in out
            said.append(out)
            assert not server.texts
    assert not bare.heard("AUTH")
    assert refusing.heard("AUTH")
    for command in (["status", "--json"], ["ledger", "--csv"], ["check", "-v"]):
        ran = site.run(*command)
        said.append(ran.out + ran.err)
    files = [path for path in site.folder.rglob("*") if path.is_file()]
    assert any(path.name == "publisher.db" for path in files)
    for form in FORMS:
        assert not any(form in text for text in said)
        assert not [path for path in files if form.encode() in path.read_bytes()]
