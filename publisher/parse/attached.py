"""PURE. What an article attaches: its lead picture, media files, what they are as an episode."""

from __future__ import annotations

from dataclasses import replace

from publisher.model import Asset, Enclosure, Episode, Picture, main_enclosure
from publisher.parse.clean.references import LookUp, References
from publisher.parse.headers.attachments import (
    find_bundled_picture,
    find_resource,
    read_enclosures,
    read_picture,
)
from publisher.parse.headers.episode import TOLD_BY, read_bytes, read_episode
from publisher.parse.headers.fields import Field, Notes
from publisher.parse.sheet import Sheet
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What a header attaches, and what was looked up for it."""

    picture: Picture | None
    enclosures: tuple[Enclosure, ...]
    episode: Episode | None
    assets: tuple[Asset, ...]
    shown: tuple[str, ...]
    needs: dict[str, str]


_NOTHING = Attached(picture=None, enclosures=(), episode=None, assets=(), shown=(), needs={})
_TOLD_BY = TOLD_BY | {"image", "resources", "enclosures"}


def read_attached(sheet: Sheet, page: str, look_up: LookUp) -> Attached:
    """Read what the header of a sheet attaches; `page` is what references stand under."""
    fields, notes = sheet.fields, sheet.notes
    if _TOLD_BY.isdisjoint(fields) and not sheet.is_index:  # as of most articles
        return _NOTHING
    references = References(
        base_url=page,
        site_url=sheet.site.url,
        folder=sheet.folder,
        own_folder=sheet.asset_folder,
        dialect="" if sheet.is_item else sheet.source.dialect,
        look_up=look_up,
    )
    picture = read_picture(fields["image"], notes, references) if "image" in fields else None
    if picture is not None:
        notes.origins["image"] = fields["image"].origin
    if picture is None and "resources" in fields and "image" not in fields:
        picture = find_resource(fields["resources"], notes, references)
        if picture is not None:
            notes.origins["image"] = fields["resources"].origin
    if picture is None and "image" not in fields and sheet.is_index and sheet.folder:
        picture = find_bundled_picture(references)
        if picture is not None:
            notes.origins["image"] = "folder"
    enclosures: tuple[Enclosure, ...] = ()
    episode = read_episode(fields, notes, references, sheet.site.authors)
    if "enclosures" in fields:
        enclosures = read_enclosures(fields["enclosures"], notes, references)
        notes.origins["enclosures"] = fields["enclosures"].origin
        enclosures, episode = _with_playtime(enclosures, episode, fields, notes)
    return Attached(
        picture=picture,
        enclosures=enclosures,
        episode=episode,
        assets=tuple(references.assets.values()),
        shown=_shown(picture, references),
        needs=references.needs,
    )


def _shown(picture: Picture | None, references: References) -> tuple[str, ...]:
    asset = references.assets.get(picture.url) if picture else None
    return (asset.path,) if asset else ()


def _with_playtime(
    enclosures: tuple[Enclosure, ...],
    episode: Episode | None,
    fields: dict[str, Field],
    notes: Notes,
) -> tuple[tuple[Enclosure, ...], Episode | None]:
    """The length in time, told of the article or of its main file, on both."""
    main = main_enclosure(enclosures)
    if main is None:
        return enclosures, episode
    told = episode.duration if episode else 0
    length = main.length
    if not length and "bytes" in fields:
        length = read_bytes(fields["bytes"], notes)
    whole = replace(main, length=length, duration=told or main.duration)
    if whole.duration and not told:
        episode = replace(episode or Episode(), duration=whole.duration)
    return tuple(whole if e is main else e for e in enclosures), episode
