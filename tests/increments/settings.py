"""Everything that happens to the configuration of a site between two runs, each by a name.

As in `edits`: one that finds nothing to do raises IndexError.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.increments.world import EACH, PICTURES, SCHEDULES, TAGS, Edit, World, words

URLS = ("https://courier.example/", "https://b.example/news/", "https://courier.example/x/")
PATTERNS = ("/{year}/{month}/{day}/{slug}/", "/{year}/{slug}/", "/{slug}.html")


def configured(change: Callable[[World, random.Random], object]) -> Edit:
    def edit(world: World, rng: random.Random) -> None:
        change(world, rng)
        world.set_up()

    return edit


def option(place: str, name: str, *values: object) -> Edit:
    """Give a key one of these values; None takes it out."""

    def edit(world: World, rng: random.Random) -> None:
        part = world.config.setdefault(place, {}) if place else world.config
        value = rng.choice(values)
        if value is None:
            part.pop(name, None)
        else:
            part[name] = value

    return configured(edit)


def limit(world: World, rng: random.Random) -> None:
    world.config["feeds"][0]["limit"] = rng.choice((1, 2, 3, 5, 50))


def formats(world: World, rng: random.Random) -> None:
    kinds = ["rss", "atom", "json"]
    rng.choice(world.config["feeds"])["formats"] = rng.sample(kinds, rng.randrange(1, 4))


def summaries(world: World, rng: random.Random) -> None:
    rng.choice(world.config["feeds"])["content"] = rng.choice(("full", "summary"))


def add_feed(world: World, rng: random.Random) -> None:
    world.made += 1
    selected = {"tags": [rng.choice(TAGS)]}
    world.config["feeds"].append({"name": f"f{world.made}", "select": selected, "limit": 2})


def drop_feed(world: World, rng: random.Random) -> None:
    world.config["feeds"].remove(rng.choice(world.config["feeds"][1:]))


def feed_path(world: World, rng: random.Random) -> None:
    feed = rng.choice(world.config["feeds"])
    feed["path"] = f"{rng.choice(('here', 'there'))}/{feed['name']}"


def archives(world: World, rng: random.Random) -> None:
    rng.choice(world.config["feeds"])["archives"] = rng.random() < 0.5


def podcast(world: World, rng: random.Random) -> None:
    feed = rng.choice(world.config["feeds"])
    if "podcast" in feed and rng.random() < 0.4:
        del feed["podcast"]
        return
    feed["formats"] = ["rss"]
    feed["podcast"] = {
        "category": rng.choice((["News"], ["Society & Culture/Documentary", "News"])),
        "explicit": rng.random() < 0.5,
        "description": f"{words(rng)}.",
        "image": rng.choice(("https://else.example/1.png", "https://else.example/2.png")),
        "type": rng.choice(("episodic", "serial")),
    }


def letter(world: World, rng: random.Random) -> None:
    spec = rng.choice(world.config.get("newsletters", []))
    name = rng.choice(("title", "from", "title" if "rhythms" in spec else "schedule"))
    spec[name] = {
        "title": f"The {words(rng, 2)} Letter",
        "from": rng.choice(("Kim <kim@courier.example>", "Ola <ola@courier.example>")),
        "schedule": rng.choice(SCHEDULES),
    }[name]
    if spec.get("schedule") == EACH:
        spec.pop("min_items", None)  # an issue for each article waits for no other


LETTERS: dict[str, tuple[object, ...]] = {
    "max_items": (1, 2, 30),
    "language": ("id", "de", None),
    "template": ("briefing", "single", None),
    "select": ({"tags": ["fish"]}, {"not_tags": ["music"]}, None),
    "sections": ([{"title": "Fish", "select": {"tags": ["fish"]}}, {"title": "More"}], None),
    "embed": (True, False),
    "review": (True, False, False),
    "on_late": ("send", "skip", "hold"),
    "subject": ("{{ number }}: {{ entries[0].title }}", None),
    "timezone": ("Europe/Berlin", None),
    "only_new": (True, False),
}


def letter_otherwise(world: World, rng: random.Random) -> None:
    spec = rng.choice(world.config.get("newsletters", []))
    name = rng.choice(list(LETTERS))
    value = rng.choice(LETTERS[name])
    if value is None:
        spec.pop(name, None)
    else:
        spec[name] = value


def letter_of_two(world: World, rng: random.Random) -> None:
    """An issue waits until there is enough to say."""
    spec = rng.choice(world.config.get("newsletters", []))
    if spec.get("schedule") != EACH:
        spec["min_items"] = rng.choice((1, 2, 3))


def add_letter(world: World, rng: random.Random) -> None:
    """One more newsletter, at times with rhythms."""
    world.made += 1
    spec: dict[str, Any] = {
        "name": f"n{world.made}",
        "title": "One More Letter",
        "from": "Kim <kim@courier.example>",
        "postal_address": "1 Pier Road, Example Harbour",
        "schedule": SCHEDULES[0],
        "checks": {"spam-score": "off"},
    }
    if rng.random() < 0.5:
        del spec["schedule"]
        spec["rhythms"] = [{"name": "daily", "every": "day"}, {"name": "weekly", "every": "week"}]
    world.config.setdefault("newsletters", []).append(spec)


def drop_letter(world: World, rng: random.Random) -> None:
    letters = world.config.get("newsletters", [])
    letters.remove(rng.choice(letters))


def logo(world: World, rng: random.Random) -> None:
    if rng.random() < 0.3:
        world.config["site"].pop("theme", None)
        return
    world.site.write("logo.png", PICTURES[2] if rng.random() < 0.5 else PICTURES[0])
    world.config["site"]["theme"] = {"logo": "logo.png", "accent": rng.choice(ACCENTS)}


ACCENTS = ("#9c2f1b", "#1d5a6a", "#5a1d6a")


SETTINGS: dict[str, Edit] = {
    "site title": option("site", "title", "The Courier", "The Other Courier"),
    "site url": option("site", "url", *URLS),
    "site language": option("site", "language", "en", "ar", None),
    "site image": option("site", "image", "articles/one.jpg", None),
    "timezone": option("site", "timezone", "Asia/Jakarta", "Europe/Berlin"),
    "authors": option("site", "authors", {"kim": {"name": "Kim Ray"}}, None),
    "address pattern": option(
        "", "sources", *([{"name": "articles", "url": pattern}] for pattern in PATTERNS)
    ),
    "two sources": option(
        "",
        "sources",
        [{"name": "articles"}, {"name": "coast", "path": "articles/coast"}],
        [
            {"name": "articles", "exclude": ["coast/**"]},
            {"name": "coast", "path": "articles/coast"},
        ],
        [{"name": "articles", "exclude": ["shore/**"]}],
    ),
    "name of the source": option(
        "", "sources", [{"name": "texts", "path": "articles"}], [{"name": "articles"}]
    ),
    "how a source is read": option(
        "",
        "sources",
        [{"name": "articles", "language": "id"}],
        [{"name": "articles", "timezone": "America/New_York"}],
        [{"name": "articles", "defaults": {"authors": ["kim"], "tags": ["fish"]}}],
        [{"name": "articles", "map": {"slug": "section"}}],
        [{"name": "articles", "dialect": "jekyll"}],
        [{"name": "articles", "include": ["coast/**"]}],
        [{"name": "articles"}],
    ),
    "copyright": option("site", "copyright", "The Courier", "Kim and others", None),
    "description": option("site", "description", "Of the coast.", None),
    "feeds of tags": option("feeds_for", "tags", True, False),
    "feeds of authors": option("feeds_for", "authors", True, False),
    "feeds of languages": option("feeds_for", "languages", True, False),
    "compressed": option("web", "compress", ["gzip"], []),
    "limit": configured(limit),
    "formats": configured(formats),
    "summaries": configured(summaries),
    "add a feed": configured(add_feed),
    "drop a feed": configured(drop_feed),
    "path of a feed": configured(feed_path),
    "archives": configured(archives),
    "podcast": configured(podcast),
    "newsletter": configured(letter),
    "newsletter otherwise": configured(letter_otherwise),
    "newsletter that waits": configured(letter_of_two),
    "add a newsletter": configured(add_letter),
    "drop a newsletter": configured(drop_letter),
    "logo": configured(logo),
}
