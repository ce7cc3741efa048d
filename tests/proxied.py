"""nginx and Caddy before a site, by the words of docs/how-to.md."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from tests.conftest import ROOT
from tests.serving import wait_until
from tests.sites import Site
from tests.web_servers import free_port

Proxy = Literal["nginx", "caddy"]
MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NGINX = """\
load_module {module};
daemon off;
master_process off;
error_log stderr warn;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
{snippet}
}}
"""
CADDY = "{{\n\tadmin off\n\tauto_https off\n}}\n{snippet}"


def blocks(language: str) -> list[str]:
    """All blocks of a language in docs/how-to.md."""
    text = (ROOT / "docs/how-to.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def snippet(language: str) -> str:
    """The one block of a language."""
    (block,) = blocks(language)
    return block


def block_of(begin: str) -> str:
    """The one block without a language that begins so."""
    (block,) = (block for block in blocks("text") if block.startswith(begin))
    return block


def changed(text: str, **parts: tuple[str, str]) -> str:
    """The text with each of these found and replaced, so that a test never tests nothing."""
    for old, new in parts.values():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def by_our_words(
    name: Proxy, site: Site, folder: Path, program: Callable[[str], str], ours: str = ""
) -> Iterator[str]:
    """The address of a server of the site's output/; what readers do it hands on to `ours`."""
    port = free_port()
    output = ("/srv/paper/output", str(site.output("").resolve()))
    if name == "nginx":
        program_path = program("nginx")
        if not MODULE.exists():
            program("libnginx-mod-http-brotli-static")  # skips or fails, as for a program
        listen = ("listen 80", f"listen 127.0.0.1:{port}")
        text = changed(snippet("nginx"), root=output, listen=listen)
        if ours:
            text = _with_readers(text, "location ~ ^/(subscribe", "    location", ours)
        config = folder / "nginx.conf"
        config.write_text(NGINX.format(module=MODULE, folder=folder, snippet=text), "utf-8")
        command = [program_path, "-c", str(config), "-p", str(folder), "-e", "stderr"]
    else:
        here = ("\nquiet.example {", f"\nhttp://127.0.0.1:{port} {{")
        text = changed(snippet("caddyfile"), root=output, site=here)
        if ours:
            text = _with_readers(text, "@readers", "\troute {", ours)
        config = folder / "Caddyfile"
        config.write_text(CADDY.format(snippet=text), "utf-8")
        command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            stdout=said,
            stderr=said,
            env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""},
        )
    try:
        wait_until(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text("utf-8")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=10)
    if name == "nginx":
        assert "[warn]" not in log.read_text("utf-8")


def _with_readers(text: str, begin: str, before: str, ours: str) -> str:
    """The configuration of a server with the block for what readers do."""
    place = ("127.0.0.1:8000", urlsplit(ours).netloc)
    at = text.index(before)
    return text[:at] + changed(block_of(begin), place=place) + text[at:]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
