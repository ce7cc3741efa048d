"""Whatever articles say, the checks can be done, and the words of authors hold no issue."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.compose.digests import _digest
from publisher.links.pictures import picture_addresses
from publisher.mime.embedding import that_fit
from publisher.model import Entry, Picture
from publisher.preflight import check_issue
from publisher.render.email import HTML_LIMIT
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT, draw
from tests.preflight_samples import embed, make_proof
from tests.property.test_mail import entries


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(some=st.lists(entries, min_size=1, max_size=8), times=st.sampled_from([1, 1, 8]))
def test_no_article_s_words_hold_an_issue(some: list[Entry], times: int) -> None:
    numbered = [
        replace(entry, id=f"tag:{i}", url=f"{SITE_URL}{i}/") for i, entry in enumerate(some * times)
    ]
    digest = _digest(make_newsletter(), SLOT, entries=tuple(numbered), overflow=(), passed=())

    findings = check_issue(make_proof(digest, paths=None))

    held = {f.check for f in findings if f.level == "error"}
    assert held <= {"deceiving-link"}  # a title that is an address is taken for what it may be


sizes = st.sampled_from([1, 57, 40_000, 200_000, 9_000_000])
pictures = st.builds(
    lambda place, number, alt: Picture(
        url=f"{place}media/{number}.jpg", alt=alt, media_type="image/jpeg", width=800, height=600
    ),
    st.sampled_from([SITE_URL, SITE_URL, "https://elsewhere.example/"]),
    st.integers(1, 3),
    st.text(max_size=20),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    some=st.lists(entries, min_size=1, max_size=4),
    times=st.sampled_from([1, 1, 30]),
    picture=pictures,
    body=st.lists(pictures, max_size=4),
    template=st.sampled_from(["digest", "single"]),
    size=sizes,
)
def test_whatever_is_sent_inside_a_mail_holds_none(
    *,
    some: list[Entry],
    times: int,
    picture: Picture,
    body: list[Picture],
    template: str,
    size: int,
) -> None:
    numbered = [
        replace(entry, id=f"tag:{i}", url=f"{SITE_URL}{i}/", title=f"Number {i}", picture=picture)
        for i, entry in enumerate(some * times)
    ]
    newsletter = make_newsletter(embed=True, template=template)
    digest = _digest(newsletter, SLOT, entries=tuple(numbered), overflow=(), passed=())
    html = "".join(f'<p>Text.</p><img src="{one.url}" alt="A">' for one in body)
    drawn = draw(digest, newsletter=newsletter, load_body=lambda _: html)
    own = [url for url in picture_addresses(drawn.html) if url.startswith(SITE_URL)]
    inside = that_fit([embed(size + len(url), url=url, path=url[len(SITE_URL) :]) for url in own])

    proof = make_proof(
        digest,
        html=lambda _: drawn.html,
        text=lambda _: drawn.text,
        newsletter=newsletter,
        embedded=inside,
        paths=None,
    )
    findings = check_issue(proof)

    assert len(proof.html.encode()) <= HTML_LIMIT
    assert {f.check for f in findings if f.level == "error"} <= {"deceiving-link"}
    left = len(picture_addresses(drawn.html)) - len(inside)
    assert any(f.check == "picture-outside" for f in findings) == bool(left)
