"""Where mail arrives: Postfix and Dovecot of the distribution, on loopback, in their own folder."""

from __future__ import annotations

import contextlib
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.web_servers import free_port

DOMAIN = "readers.example"
_DAEMONS = "/usr/lib/postfix/sbin"
_WORD = "open-sesame"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
myhostname = mx.{domain}
mydestination =
alias_maps =
local_recipient_maps =
default_transport = error:this server sends nothing
relay_transport = error:this server sends nothing
notify_classes =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/chain.pem
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = hash:{folder}/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_DOVECOT = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={word}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
"""


@dataclass(frozen=True)
class Receiver:
    """A running mail server: the port that takes mail, the one that gives it out, its log."""

    smtp_port: int
    imap_port: int
    folder: Path
    authority: trustme.CA

    def log(self) -> str:
        """What Postfix says."""
        file = self.folder / "mail.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def box(self, name: str, *, wanted: int = 1, seconds: float = 20) -> list[bytes]:
        """The messages in a box, by IMAP, as soon as so many are there."""
        end = time.monotonic() + seconds
        while True:
            with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10) as imap:
                imap.login(name, _WORD)
                imap.select(readonly=True)
                _, (numbers,) = imap.search(None, "ALL")
                if len(numbers.split()) >= wanted:
                    return [
                        imap.fetch(n.decode(), "(BODY.PEEK[])")[1][0][1] for n in numbers.split()
                    ]
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)


@contextlib.contextmanager
def receiver(boxes: Mapping[str, str]) -> Iterator[Receiver]:
    """Both servers, with the boxes of names before the @, up to the end of the block.

    Only root can start them.
    """
    nobody = pwd.getpwnam("nobody")
    # not below pytest's folders, which only their owner may enter
    folder = Path(tempfile.mkdtemp(prefix="publisher-receiver-"))
    folder.chmod(0o755)
    there = Receiver(free_port(), free_port(), folder, trustme.CA())
    values = {
        "folder": folder,
        "daemons": _DAEMONS,
        "domain": DOMAIN,
        "word": _WORD,
        "uid": nobody.pw_uid,
        "gid": nobody.pw_gid,
    }
    (folder / "main.cf").write_text(_MAIN.format(**values))
    (folder / "master.cf").write_text(_MASTER.format(port=there.smtp_port))
    (folder / "dovecot.conf").write_text(_DOVECOT.format(port=there.imap_port, **values))
    (folder / "boxes").write_text(
        "".join(f"{name}@{DOMAIN} {box}/\n" for name, box in boxes.items())
    )
    there.authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "chain.pem"
    )
    (folder / "mail").mkdir()
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    for name, owner in (("data", "postfix"), ("spool", "root")):
        (folder / name).mkdir()
        os.chown(folder / name, pwd.getpwnam(owner).pw_uid, -1)
    _run("postmap", "-c", folder, f"hash:{folder}/boxes")
    _run("postfix", "-c", folder, "start")
    try:
        dovecot = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"])
        try:
            yield there
        finally:
            dovecot.terminate()
            dovecot.wait(timeout=20)
    finally:
        _run("postfix", "-c", folder, "stop")
        shutil.rmtree(folder)


def _run(*command: str | Path) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
