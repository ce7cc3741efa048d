"""An Obsidian vault as a source: what its author publishes, with links by the names of notes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.parse.formats.obsidian import turn_vault
from tests.picture_samples import png
from tests.sites import CONFIG, Site

VAULT = CONFIG + "sources:\n  - {name: vault, path: vault, dialect: obsidian}\n"

NOTE = """\
---
publish: true
created: 2026-11-01
tags: [sea]
aliases: [Low water]
---
# Ebb

See [[Flow]], [[Flow#High water|the flood]], [[Nowhere]] and [[notes/deep/Moon|moon]]. #tides #sea
%%a private
remark%%
![[boat.png|120]] ![[Flow]] ^block1

> [!note] Mind
> the mud

`[[code]]` and #1 is no tag.

```
[[code]] %%kept%% #no
```
"""


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    note = "---\npublish: true\ncreated: 2026-11-02\n---\n"
    files = {
        "vault/Ebb.md": NOTE,
        "vault/notes/Flow.md": f"{note}## High water\n\nText.\n",
        "vault/notes/deep/Moon.md": f"{note}Text.\n",
        "vault/diary/2026-11-03.md": "---\ncreated: 2026-11-03\n---\nSecret.\n",
        "vault/pictures/boat.png": png(20, 10),
        "vault/.obsidian/app.md": "x",
    }
    return make_site(VAULT, files)


def test_a_vault(site: Site) -> None:
    ran = site.publish()
    assert "3 listed, 1 draft" in ran.out
    told = {line["file"]: line for line in site.articles()}
    ebb = told["Ebb.md"]
    assert (ebb["title"], ebb["tags"]) == ("Ebb", ["sea", "tides"])
    assert ebb["published"].startswith("2026-11-01")
    assert any("there is no 'Nowhere.md'" in warning for warning in ebb["warnings"])
    page = site.output("2026/11/01/ebb/index.html").read_text()
    body = page.partition('<div class="body">')[2].partition("</article>")[0]
    assert '../../../../2026/11/02/flow/">Flow</a>' in body
    assert '2026/11/02/flow/#high-water">the flood</a>' in body
    assert '2026/11/02/moon/">moon</a>' in body
    assert "<a>Nowhere</a>" in body or " Nowhere " in body
    assert "remark" not in body
    assert "block1" not in body
    assert "<img" in body
    assert "<code>[[code]]</code>" in body
    assert "[[code]] %%kept%% #no" in body
    assert "Secret" not in "".join(
        path.read_text(errors="replace") for path in site.output("").rglob("*") if path.is_file()
    )


def test_a_note_that_moves_keeps_its_links(site: Site) -> None:
    site.publish()
    (site.folder / "vault/notes/Flow.md").rename(site.folder / "vault/Flow.md")
    site.publish()
    page = site.output("2026/11/01/ebb/index.html").read_text()
    assert '2026/11/02/flow/">Flow</a>' in page


@pytest.mark.parametrize(
    ("written", "turned"),
    [
        ("[[A b]]", "[A b](<*/A%20b.md>)"),
        ("[[A|x *y*]]", r"[x \*y\*](<*/A.md>)"),
        ("[[#Part two]]", "[Part two](<#part-two>)"),
        ("[[A#^b1]]", "[A > b1](<*/A.md>)".replace(">", r"\>", 1)),
        ("[[a.pdf]]", "[a.pdf](<*/a.pdf>)"),
        ("[[]]", ""),
        ("a%%b%%c", "ac"),
        ("~~~\n[[A]]\n~~~\n[[A]]", "~~~\n[[A]]\n~~~\n[A](<*/A.md>)"),
        ('![["><script>.png]]', '<img src="*/%22%3E%3Cscript%3E.png"'),
    ],
)
def test_what_is_turned(written: str, turned: str) -> None:
    assert turn_vault(written).text.startswith(turned)


@pytest.mark.parametrize(
    "text", ["[[" * 5000, "%%" * 4999 + "%", "`" * 9999, "#" * 9999, "![[" * 3000]
)
def test_odd_texts_take_no_time(text: str) -> None:
    turn_vault(text)
