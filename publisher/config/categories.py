"""GROUND. The categories that podcast directories know, as Apple Podcasts lists them.

Source: https://podcasters.apple.com/support/1691-apple-podcasts-categories, as of
November 2026. The list is Apple's to change: a name that it takes in is added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from publisher.nearest import nearest

CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Arts": (
            *("Books", "Design", "Fashion & Beauty", "Food"),
            *("Performing Arts", "Visual Arts"),
        ),
        "Business": (
            *("Careers", "Entrepreneurship", "Investing", "Management"),
            *("Marketing", "Non-Profit"),
        ),
        "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
        "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
        "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
        "Government": (),
        "Health & Fitness": (
            *("Alternative Health", "Fitness", "Medicine"),
            *("Mental Health", "Nutrition", "Sexuality"),
        ),
        "History": (),
        "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
        "Leisure": (
            *("Animation & Manga", "Automotive", "Aviation", "Crafts", "Games"),
            *("Hobbies", "Home & Garden", "Video Games"),
        ),
        "Music": ("Music Commentary", "Music History", "Music Interviews"),
        "News": (
            *("Business News", "Daily News", "Entertainment News", "News Commentary"),
            *("Politics", "Sports News", "Tech News"),
        ),
        "Religion & Spirituality": (
            *("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism"),
            *("Religion", "Spirituality"),
        ),
        "Science": (
            *("Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics"),
            *("Natural Sciences", "Nature", "Physics", "Social Sciences"),
        ),
        "Society & Culture": (
            *("Documentary", "Personal Journals", "Philosophy"),
            *("Places & Travel", "Relationships"),
        ),
        "Sports": (
            *("Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf"),
            *("Hockey", "Rugby", "Running", "Soccer", "Swimming", "Tennis"),
            *("Volleyball", "Wilderness", "Wrestling"),
        ),
        "TV & Film": (
            *("After Shows", "Film History", "Film Interviews"),
            *("Film Reviews", "TV Reviews"),
        ),
        "Technology": (),
        "True Crime": (),
    }
)
"""Category -> its subcategories."""

_NAMES = {
    name.casefold(): name
    for top, below in CATEGORIES.items()
    for name in (top, *(f"{top}/{sub}" for sub in below))
}
_BY_SUBCATEGORY = {
    sub.casefold(): f"{top}/{sub}" for top, below in CATEGORIES.items() for sub in below
}


def category(text: str) -> str:
    """A category, or `Category/Subcategory`, as Apple spells it. Raises ValueError.

    Case does not count, nor do spaces around the stroke, nor `and` for `&`.
    """
    name = "/".join(" ".join(part.split()) for part in text.split("/"))
    asked = name.casefold().replace(" and ", " & ")
    if asked in _NAMES:
        return _NAMES[asked]
    near = _BY_SUBCATEGORY.get(asked)
    if near is None:
        found = nearest(asked[:100], (*_NAMES, *_BY_SUBCATEGORY))
        near = _NAMES.get(found) or _BY_SUBCATEGORY[found] if found else None
    hint = f" (did you mean {near}?)" if near else ""
    raise ValueError(f"a category of Apple Podcasts such as Society & Culture/Documentary{hint}")


def split_category(name: str) -> tuple[str, str]:
    """The category and its subcategory, "" where there is none."""
    top, _, below = name.partition("/")
    return top, below
