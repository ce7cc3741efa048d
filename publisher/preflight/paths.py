"""PURE. Which addresses of our own site a mail leads to, and whether they will be there."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.preflight.mail import Mail


def own_paths(mail: Mail) -> Iterator[str]:
    """The path under the site of each link and picture on it, as written: a page or its folder."""
    reader = mail.proof.reader_links
    for url in (*(link.url for link in mail.links), *(image.address for image in mail.images)):
        path = mail.own_path(url)
        if path is not None and url not in reader:
            yield path


def files_of(path: str) -> tuple[str, ...]:
    """The files under output/ that can answer a path."""
    if not path or path.endswith("/"):
        return (f"{path}index.html",)
    return path, f"{path}/index.html"


def is_there(mail: Mail, url: str) -> bool:
    """Whether an address will be answered; that of another site counts as answered."""
    paths = mail.proof.paths
    if paths is None or url in mail.proof.reader_links:
        return True
    path = mail.own_path(url)
    return path is None or any(file in paths for file in files_of(path))
