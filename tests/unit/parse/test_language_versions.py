"""Which names of files tell a language: only where others show that it is one."""

from __future__ import annotations

from publisher.parse.versions import Version, find_versions


def test_a_version_beside_the_original() -> None:
    found = find_versions(["a/fog.md", "a/fog.id.md", "a/fog.pt-br.rst", "a/other.md"])
    assert found == {
        "a/fog.md": Version("", "", "a/fog"),
        "a/fog.id.md": Version("id", ".id", "a/fog"),
        "a/fog.pt-br.rst": Version("pt-BR", ".pt-br", "a/fog"),
    }


def test_two_versions_without_an_original() -> None:
    assert set(find_versions(["fog.en.md", "fog.id.md"])) == {"fog.en.md", "fog.id.md"}


def test_one_alone_tells_nothing() -> None:
    assert find_versions(["what.is.md", "v1.0.md", "node.js.md", "a.htm.md", ".id.md"]) == {}


def test_one_alone_tells_its_language_where_others_have_it() -> None:
    found = find_versions(["fog.md", "fog.is.md", "what.is.md", "what.no.md"])
    assert found["what.is.md"].language == "is"
    assert found["what.no.md"].language == "no"
    assert find_versions(["fog.md", "fog.is.md", "sun.no.md"]).keys() == {"fog.md", "fog.is.md"}


def test_the_index_of_a_folder() -> None:
    assert find_versions(["trip/index.ja.md"])["trip/index.ja.md"].language == "ja"
