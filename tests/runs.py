"""A run in this process, as `publisher publish` makes it or as its timer does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

import pytest

from publisher.config.load import load_config
from publisher.publishing import looking
from publisher.publishing.ahead import look_ahead
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.publishing.runs import as_report
from publisher.publishing.still import Still
from tests.sites import Site


class Surveys:
    """How often all articles were looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        survey = looking.survey_articles

        def counting(*arguments: object, **named: object) -> object:
            self.count += 1
            return survey(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(looking, "survey_articles", counting)


@pytest.fixture
def surveys(monkeypatch: pytest.MonkeyPatch) -> Surveys:
    """A file of tests takes it under its name, as `surveys = runs.surveys`."""
    return Surveys(monkeypatch)


def publish_here(
    site: Site, now: datetime, options: PublishOptions, *, ahead: bool
) -> PublishReport:
    """A run of a timer; `ahead` as the command makes one that has no options."""
    file, read = site.folder / "publisher.yaml", None
    with ExitStack() as meanwhile:
        if ahead:
            found, read = look_ahead(file, now, meanwhile)
            if isinstance(found, Still):
                return as_report(found)
            options = replace(options, is_new=True, revised=found, read=read)
        return publish(
            read.config if read else load_config(file),
            options,
            clock=lambda: now,
            progress=lambda _what, _done, _total: None,
        )
