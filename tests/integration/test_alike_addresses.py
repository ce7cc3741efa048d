"""Addresses that some disks take for one: told by `check`, and published all the same."""

from __future__ import annotations

from collections.abc import Callable

from publisher.addresses import find_alike
from tests.sites import CONFIG, Site


def test_check_tells_of_what_one_disk_keeps_and_another_loses(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + "web: {compress: [gzip]}\n")
    site.article("one.md", url="/Fog/")
    site.article("two.md", url="/fog/", aliases="[/Old/]")
    site.article("three.md", url="/fog.html", aliases="[/old/]")
    ran = site.run("check")
    assert ran.code == 0
    assert (
        "output/Fog/index.html (of articles/one.md) and output/fog/index.html (of articles/two.md)"
        " are one place on a disk that tells no case"
    ) in " ".join(ran.err.split())
    assert "output/Old/index.html and output/old/index.html are one place" in ran.err
    assert ran.err.count("are one place") == 2
    site.publish()
    pages = ("Fog/index.html", "fog/index.html", "Old/index.html", "old/index.html")
    assert all(site.output(page).exists() for page in pages)


def test_of_others_nothing_is_told(make_site: Callable[..., Site]) -> None:
    """Pictures of other names with the same bytes are the same on each disk."""
    site = make_site(CONFIG, {"articles/A.txt": "One.", "articles/b/a.txt": "One."})
    site.article("one.md", body="[One](A.txt) [Two](b/a.txt)")
    site.article("two.md")
    ran = site.run("check")
    assert "are one place" not in ran.err


def test_letters_with_marks_are_alike_however_they_are_put_together() -> None:
    composed, apart, large = "caf\u00e9/x", "cafe\u0301/x", "CAFE\u0301/x"
    assert find_alike([composed, "cafe/x", apart, "b", large]) == [sorted((composed, apart, large))]
    assert find_alike(["stra\u00dfe", "strasse"]) == [["strasse", "stra\u00dfe"]]
    assert find_alike(["a", "b"]) == []
