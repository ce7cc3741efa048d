"""Whatever articles say, the checks can be done, and the words of authors hold no issue."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.compose.digests import _digest
from publisher.model import Entry
from publisher.preflight import check_issue
from tests.factories import SITE_URL, make_newsletter
from tests.mail_samples import SLOT
from tests.preflight_samples import make_proof
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
