"""Everything that happens to a site between two runs, each by a name.

An edit takes the world and its own source of chance, so that a sequence can be shortened and the
edits that stay do what they did. One that finds nothing to do raises IndexError.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from datetime import timedelta

from tests.increments.settings import SETTINGS
from tests.increments.world import (
    AUTHORS,
    LANGUAGES,
    PICTURES,
    STAIN,
    TAGS,
    Edit,
    World,
    set_back,
    words,
)

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" + bytes(413)
PICTURE_NAMES = ("one.jpg", "two.jpg", "coast/three.png")


# -- articles


def field(name: str, *values: str) -> Edit:
    """Give any article one of these values."""

    def edit(world: World, rng: random.Random) -> None:
        chosen = world.pick(rng)
        world.put(chosen, world.articles[chosen].but(**{name: rng.choice(values)}))

    return edit


def add(world: World, rng: random.Random) -> None:
    world.put(world.a_new_name(rng), world.write_article(rng))


def add_for_later(world: World, rng: random.Random) -> None:
    when = world.now + timedelta(minutes=rng.choice((30, 3000, 20000)))
    world.put(world.a_new_name(rng), world.write_article(rng, when))


def copy(world: World, rng: random.Random) -> None:
    world.put(world.a_new_name(rng), world.articles[world.pick(rng)])


def delete(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    world.gone.append((name, world.drop(name)))


def bring_back(world: World, rng: random.Random) -> None:
    name, article = rng.choice(world.gone)
    world.put(name, article)


def retitle(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    world.put(name, world.articles[name].but(title=words(rng, 3)))


def rewrite(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    world.put(name, replace(world.articles[name], body=world.write_article(rng).body))


def add_words(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    article = world.articles[name]
    world.put(name, replace(article, body=f"{article.body}\n\n{words(rng, 5)}.\n"))


def redate(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    when = world.now + timedelta(hours=rng.randrange(-900, 60))
    world.put(name, world.articles[name].but(date=when.strftime("%Y-%m-%d %H:%M")))


def updated(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    when = world.now + timedelta(minutes=rng.choice((-3000, -20, -20, 30)))
    world.put(name, world.articles[name].but(updated=when.strftime("%Y-%m-%d %H:%M")))


def expire(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    when = world.now + timedelta(minutes=rng.choice((-60, 20, 3000)))
    world.put(name, world.articles[name].but(expires=when.strftime("%Y-%m-%d %H:%M")))


def break_header(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    world.put(name, replace(world.articles[name], broken=True))


def mend_header(world: World, rng: random.Random) -> None:
    name = rng.choice(sorted(n for n, article in world.articles.items() if article.broken))
    world.put(name, replace(world.articles[name], broken=False))


def rename(world: World, rng: random.Random) -> None:
    world.move(world.pick(rng), world.a_new_name(rng))


def rename_and_edit(world: World, rng: random.Random) -> None:
    name = world.a_new_name(rng)
    world.move(world.pick(rng), name)
    world.put(name, world.articles[name].but(title=words(rng, 3)))


def move_folder(world: World, rng: random.Random) -> None:
    old = world.pick(rng)
    new = rng.choice(("", "coast/", "coast/east/", "west/")) + old.rpartition("/")[2]
    if new in world.articles:
        raise IndexError
    world.move(old, new)


def two(world: World, rng: random.Random) -> list[str]:
    if len(world.articles) < 2:
        raise IndexError
    return rng.sample(sorted(world.articles), 2)


def swap(world: World, rng: random.Random) -> None:
    one, other = two(world, rng)
    if world.file(one).is_symlink() or world.file(other).is_symlink():
        raise IndexError  # one may be another name of the other
    world.move(one, "aside.md")
    world.move(other, one)
    world.move("aside.md", other)


def touch(world: World, rng: random.Random) -> None:
    os.utime(world.file(world.pick(rng)))


def touch_all(world: World, _: random.Random) -> None:
    for name in world.articles:
        os.utime(world.file(name))


def same_size(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    old = world.articles[name]
    first = "Z" if old.body[0] != "Z" else "Y"
    world.put(name, replace(old, body=first + old.body[1:]))


def same_size_and_time(world: World, rng: random.Random) -> None:
    """Only the ctime tells, which nobody can set."""
    name = world.pick(rng)
    stat = world.file(name).stat()
    old = world.articles[name]
    first = "X" if old.body[0] != "X" else "W"
    world.put(name, replace(old, body=first + old.body[1:]))
    set_back(world.file(name), stat)


def before_1970(world: World, rng: random.Random) -> None:
    """The time of a file is what an archive, or its owner, says."""
    os.utime(world.file(world.pick(rng)), ns=(-(10**18), -(10**18)))


def swap_bytes_and_times(world: World, rng: random.Random) -> None:
    """Two articles exchange what they say, and keep their times."""
    one, other = two(world, rng)
    stats = {name: world.file(name).stat() for name in (one, other)}
    first, second = world.articles[one], world.articles[other]
    world.put(one, second)
    world.put(other, first)
    for name, stat in stats.items():
        set_back(world.file(name), stat)


# -- beside articles


def picture(world: World, rng: random.Random) -> None:
    world.site.write(f"articles/{rng.choice(PICTURE_NAMES)}", rng.choice(PICTURES))


def no_picture(world: World, rng: random.Random) -> None:
    world.file(rng.choice([n for n in PICTURE_NAMES if world.file(n).exists()])).unlink()


def show_picture(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    up = "../" * name.count("/")
    told = rng.choice(("![A view](%s)", "[The file](%s)")) % (up + rng.choice(PICTURE_NAMES))
    old = world.articles[name]
    world.put(name, replace(old, body=f"{old.body}\n\n{told}"))


def lead_picture(world: World, rng: random.Random) -> None:
    name = world.pick(rng)
    image = "../" * name.count("/") + rng.choice(PICTURE_NAMES)
    world.put(name, world.articles[name].but(image=image))


def sound(world: World, rng: random.Random) -> None:
    """An episode: a sound, and what goes with it; the next time that it says something else."""
    name = world.pick(rng)
    up = "../" * name.count("/")
    world.site.write("articles/one.mp3", MP3 + bytes(rng.randrange(9)))
    world.site.write("articles/one.vtt", f"WEBVTT\n\n00:00.000 --> 00:01.000\n{words(rng)}.\n")
    fields = {"audio": f"{up}one.mp3", "episode": str(rng.randrange(1, 9))}
    if rng.random() < 0.5:
        fields["transcript"] = f"{up}one.vtt"
    world.put(name, world.articles[name].but(**fields))


def no_sound(world: World, _: random.Random) -> None:
    if not world.file("one.mp3").exists():
        raise IndexError
    world.file("one.mp3").unlink()


def note(world: World, rng: random.Random) -> None:
    """What an editor says in the next issue, or in that of a day."""
    letter = rng.choice(world.config.get("newsletters", []))["name"]
    day = f"{world.now + timedelta(days=rng.randrange(9)):%Y-%m-%d}"
    told = rng.choice((f"{words(rng)}.\n", f"---\nsubject: {words(rng, 3)}\n---\n{words(rng)}.\n"))
    world.site.write(f"issues/{letter}/{rng.choice(('next', 'next', day))}.md", told)


def no_notes(world: World, _: random.Random) -> None:
    if not (world.site.folder / "issues").exists():
        raise IndexError
    shutil.rmtree(world.site.folder / "issues")


def link(world: World, rng: random.Random) -> None:
    name, other = world.pick(rng), world.pick(rng)
    old = world.articles[name]
    to = "../" * name.count("/") + other
    world.put(name, replace(old, body=f"{old.body}\n\nSee [it]({to})."))


def include(world: World, rng: random.Random) -> None:
    """Make another article a part of one in its folder or above."""
    name, other = two(world, rng)
    folder = name[: name.rfind("/") + 1]
    if not other.startswith(folder):
        raise IndexError
    old = world.articles[name]
    told = f"{{% include_relative {other.removeprefix(folder)} %}}"
    world.put(name, replace(old, body=f"{old.body}\n\n{told}"))


def symbolic_link(world: World, rng: random.Random) -> None:
    """One more name for an article of the same folder: what is written to either is in both."""
    name = world.pick(rng)
    world.made += 1
    other = f"{name[: name.rfind('/') + 1]}n{world.made}.md"
    world.file(other).symlink_to(world.file(name).name)
    world.articles[other] = world.articles[name]


def folder_link(world: World, _: random.Random) -> None:
    """A folder of articles has another name within their source."""
    link = world.file("shore")
    if link.is_symlink() or not world.file("coast").is_dir():
        raise IndexError
    link.symlink_to("coast")


def no_folder_link(world: World, _: random.Random) -> None:
    if not world.file("shore").is_symlink():
        raise IndexError
    world.file("shore").unlink()


def text(world: World, rng: random.Random) -> None:
    world.site.write("articles/2026-11-05-plain.txt", f"{words(rng)}\n\n{words(rng, 20)}.\n")


def sidecar(world: World, rng: random.Random) -> None:
    told = f"title: {words(rng, 3)}\ntags: [{rng.choice(TAGS)}]\n"
    if not world.file("2026-11-05-plain.txt").exists():
        text(world, rng)
    world.site.write("articles/2026-11-05-plain.yaml", told)


def broken_sidecar(world: World, rng: random.Random) -> None:
    if not world.file("2026-11-05-plain.txt").exists():
        text(world, rng)
    world.site.write("articles/2026-11-05-plain.yaml", "title: [never closed\n")


def no_sidecar(world: World, _: random.Random) -> None:
    if not world.file("2026-11-05-plain.yaml").exists():
        raise IndexError
    world.file("2026-11-05-plain.yaml").unlink()


def no_text(world: World, _: random.Random) -> None:
    if not world.file("2026-11-05-plain.txt").exists():
        raise IndexError
    world.file("2026-11-05-plain.txt").unlink()


# -- the clock


def later(**by: int) -> Edit:
    """So much time goes by."""

    def edit(world: World, _: random.Random) -> None:
        world.now += timedelta(**by)

    return edit


def monday(world: World, rng: random.Random) -> None:
    """To the minute of a weekly slot (Monday, 07:00 in Jakarta), or right before or after it."""
    days = (6 - world.now.weekday()) % 7 or 7
    slot = world.now.replace(hour=0, minute=0) + timedelta(days=days)
    world.now = slot + timedelta(minutes=rng.choice((-1, 0, 1)))


# -- templates, the publisher


def page_template(world: World, rng: random.Random) -> None:
    text = f"<footer>{words(rng)}</footer>\n"
    world.site.write("templates/web/_partials/footer.html", text)


def feed_template(world: World, rng: random.Random) -> None:
    world.site.write("templates/feeds/entry.html", "{{ body }}<p>" + words(rng) + "</p>\n")


def no_templates(world: World, _: random.Random) -> None:
    if not (world.site.folder / "templates").is_dir():
        raise IndexError
    shutil.rmtree(world.site.folder / "templates")


def newer_renderer(world: World, _: random.Random) -> None:
    world.renderer += 1


def newer_reader(world: World, _: random.Random) -> None:
    world.reader += 1


# -- what lies in output/ and in the state folder


def delete_output(world: World, rng: random.Random) -> None:
    for name in rng.choices(world.output_files(), k=rng.randrange(1, 4)):
        (world.site.folder / "output" / name).unlink(missing_ok=True)


def stain_output(world: World, rng: random.Random) -> None:
    name = rng.choice(world.output_files())
    with (world.site.folder / "output" / name).open("ab") as file:
        file.write(STAIN)
    world.stained.add(name)


def no_output(world: World, _: random.Random) -> None:
    shutil.rmtree(world.site.folder / "output", ignore_errors=True)


def no_cache(world: World, _: random.Random) -> None:
    for file in (world.site.folder / ".publisher").glob("build.db*"):
        file.unlink()


def no_state(world: World, _: random.Random) -> None:
    shutil.rmtree(world.site.folder / ".publisher", ignore_errors=True)


ARTICLE_EDITS: dict[str, Edit] = {
    "add": add,
    "add for later": add_for_later,
    "copy": copy,
    "delete": delete,
    "bring back": bring_back,
    "retitle": retitle,
    "rewrite": rewrite,
    "add words": add_words,
    "redate": redate,
    "expire": expire,
    "retag": field("tags", *(f"[{tag}]" for tag in TAGS), "[harbour, fish]", ""),
    "another author": field("author", *AUTHORS, "Nobody Else"),
    "another language": field("language", *LANGUAGES),
    "another slug": field("slug", "here", "there", ""),
    "translation": field("translation", "t1", "t2", ""),
    "summary": field("summary", "What it is about.", "What it is.", ""),
    "alias": field("aliases", "[/old/1.html]", "[/old/1.html, /old/2/]", ""),
    "correction": field("correction", "The name was wrong.", "The day was wrong.", ""),
    "retract": field("retract", "true", "true", ""),
    "not retracted": field("retract", ""),
    "draft": field("draft", "true", ""),
    "its own id": field("id", "urn:x:1", "urn:x:2", ""),
    "in no newsletter": field("digest", "false", ""),
    "break a header": break_header,
    "mend a header": mend_header,
    "rename": rename,
    "rename and edit": rename_and_edit,
    "move to a folder": move_folder,
    "swap names": swap,
    "touch": touch,
    "touch all": touch_all,
    "same size": same_size,
    "same size and time": same_size_and_time,
    "swap bytes and times": swap_bytes_and_times,
    "before 1970": before_1970,
    "symbolic link": symbolic_link,
    "folder link": folder_link,
    "no folder link": no_folder_link,
    "include": include,
    "updated": updated,
    "feeds of its own": field("feeds", "[fish]", "[main, fish]", ""),
    "address elsewhere": field("canonical", "https://else.example/1", ""),
    "picture": picture,
    "no picture": no_picture,
    "show a picture": show_picture,
    "lead picture": lead_picture,
    "sound": sound,
    "no sound": no_sound,
    "link": link,
    "plain text": text,
    "sidecar": sidecar,
    "broken sidecar": broken_sidecar,
    "no sidecar": no_sidecar,
    "no plain text": no_text,
}

OTHER_EDITS: dict[str, Edit] = {
    "a quarter of an hour": later(minutes=15),
    "two days": later(days=2),
    "three weeks": later(days=21),
    "monday": monday,
    **SETTINGS,
    "note": note,
    "no notes": no_notes,
    "page template": page_template,
    "feed template": feed_template,
    "no templates": no_templates,
    "newer renderer": newer_renderer,
    "newer reader": newer_reader,
    "delete in output": delete_output,
    "change in output": stain_output,
    "no output": no_output,
    "no cache": no_cache,
    "no state": no_state,
}

EDITS: dict[str, Edit] = ARTICLE_EDITS | OTHER_EDITS
