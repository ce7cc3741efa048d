"""Dovecot with one mailbox over IMAP, on loopback alone."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.web_servers import free_port

PASSWORD = "s3cret-word"
_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
passdb {{
  driver = static
  args = password={{PLAIN}}{password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server and the Maildir behind it."""

    port: int
    maildir: Path

    def put(self, name: str, raw: bytes) -> None:
        """A new message, as the mail system delivers it."""
        path = self.maildir / "tmp" / name
        path.write_bytes(raw)
        path.chmod(0o666)
        path.rename(self.maildir / "new" / name)

    def seen(self) -> list[str]:
        """What has the flag."""
        names = (path.name for path in (self.maildir / "cur").iterdir())
        return sorted(name.partition(":2,")[0] for name in names if "S" in name.partition(":2,")[2])


@contextlib.contextmanager
def dovecot(program: str) -> Iterator[Dovecot]:
    """The server; it ends with the block. Its processes want to be no root, so there they are
    nobody."""
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = subprocess.run(
        ["id", "-gn", owner.pw_name], check=True, capture_output=True, text=True
    ).stdout.strip()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="publisher-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for inner in ("run", "state", "home", "mail/new", "mail/cur", "mail/tmp"):
            (folder / inner).mkdir(parents=True)
        if os.geteuid() == 0:
            for path in (folder / "home", folder / "mail", *(folder / "mail").iterdir()):
                shutil.chown(path, owner.pw_name, group)
        text = _CONFIG.format(
            folder=folder, user=owner.pw_name, group=group, password=PASSWORD, port=port
        )
        (folder / "conf").write_text(text)
        process = subprocess.Popen(
            [program, "-F", "-c", folder / "conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(folder / "log", process)
            yield Dovecot(port=port, maildir=folder / "mail")
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not log.exists() or "starting up" not in log.read_text():
        assert process.poll() is None, log.read_text() if log.exists() else "it ended at once"
        assert time.monotonic() < deadline, "it does not start"
        time.sleep(0.05)
