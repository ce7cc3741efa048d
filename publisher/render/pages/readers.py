"""PURE. Feed readers that take a feed by a link.

Each form is the program's own word or its maker's, where nothing else is said:

- Feedly: a feed's id is `feed/URL`, percent-encoded in an address (developers.feedly.com,
  "Resource ids").
- Inoreader: `?add_feed=`, as the buttons of many sites have it; its maker tells of none.
- NewsBlur: `?url=`, "Custom Add Site URL" of its page of goodies.
- The Old Reader: `feeds/subscribe?url=`, in its tips.
- Feedbin: `?subscribe=`, the bookmarklet of its maker.
- A feed reader on the device: the scheme `feed:` before the whole address (draft-obasanjo-feed-
  uri-scheme-02), which NetNewsWire, Reeder, Liferea and Akregator take up.

Only addresses are written: no picture, script or request of theirs is in a page.
"""

from __future__ import annotations

from urllib.parse import quote

from publisher.values import dataclass

_READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F"),
    ("Inoreader", "https://www.inoreader.com/?add_feed="),
    ("NewsBlur", "https://www.newsblur.com/?url="),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url="),
    ("Feedbin", "https://feedbin.com/?subscribe="),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A feed reader and the address that subscribes to a feed in it; "" is one on the device."""

    name: str
    href: str


def reader_links(feed_url: str) -> tuple[Reader, ...]:
    """Where a feed can be followed with one step, one on the device last."""
    encoded = quote(feed_url, safe="")
    known = (Reader(name=name, href=start + encoded) for name, start in _READERS)
    return (*known, Reader(name="", href=f"feed:{feed_url}"))
