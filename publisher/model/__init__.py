"""GROUND. The values that everything else hands around: frozen, standard library only.

All times are aware. Those read from articles keep the offset as written;
those taken from the run's clock are UTC in whole seconds.
"""

from publisher.model.articles import (
    Article,
    Asset,
    Author,
    Chapters,
    Correction,
    Document,
    Enclosure,
    Episode,
    Person,
    Picture,
    State,
    Transcript,
    main_enclosure,
)
from publisher.model.entries import Entry, LoadBody, Tombstone
from publisher.model.issues import (
    CorrectedEntry,
    Digest,
    DigestSection,
    Draft,
    Issue,
    IssuePicture,
    LoadIssue,
    Note,
    RenderedIssue,
    in_sections,
)
from publisher.model.outputs import Artifact, BuildPlan, Manifest, ManifestEntry
from publisher.model.record import (
    Record,
    RecordedArticle,
    RecordedBeginning,
    RecordedFeed,
    RecordedIssue,
)

__all__ = [
    "Article",
    "Artifact",
    "Asset",
    "Author",
    "BuildPlan",
    "Chapters",
    "CorrectedEntry",
    "Correction",
    "Digest",
    "DigestSection",
    "Document",
    "Draft",
    "Enclosure",
    "Entry",
    "Episode",
    "Issue",
    "IssuePicture",
    "LoadBody",
    "LoadIssue",
    "Manifest",
    "ManifestEntry",
    "Note",
    "Person",
    "Picture",
    "Record",
    "RecordedArticle",
    "RecordedBeginning",
    "RecordedFeed",
    "RecordedIssue",
    "RenderedIssue",
    "State",
    "Tombstone",
    "Transcript",
    "in_sections",
    "main_enclosure",
]
