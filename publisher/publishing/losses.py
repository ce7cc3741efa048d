"""USE CASE. What a site had when it was published and has no more, told by runs and by `check`: its
record, its state. Nothing is wrong then, so a run goes on."""

from __future__ import annotations

from pathlib import Path

from publisher.articles import Survey
from publisher.config import Config
from publisher.errors import RecordError
from publisher.issues.gone import gone_readers
from publisher.issues.recall import Issues
from publisher.system.room import is_there

_RECORD = (
    "{} is not there, or empty, though the site was published: articles get ids and dates as if "
    "they were new; put it back as it was committed, or set `record:` to where it is, and publish "
    "again"
)


def lost_record(config: Config, *, was_here: bool) -> str:
    """What to say where the site was published here and there is no record; "" where nothing is
    lost, for every run that wrote an output has left a record behind."""
    is_lost = was_here and not _has_text(config.path(config.record))
    return _RECORD.format(config.record) if is_lost else ""


def lost_state(config: Config, survey: Survey, issues: Issues, *, may_mail: bool) -> str:
    """What to say where mail goes out from here, and the state has none of the issues that the
    record tells of; "" where nothing is lost. A fresh clone that mails nothing lost nothing."""
    return gone_readers(config, issues, survey.record.issues) if may_mail else ""


def _has_text(record: Path) -> bool:
    return is_there(RecordError, record) and record.stat().st_size > 0
