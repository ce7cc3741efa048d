"""PURE. A mail that somebody got -> an article that anybody may read."""

from publisher.parse.mails.letter import Rules, read_letter
from publisher.parse.mails.wanted import Wanted

__all__ = ["Rules", "Wanted", "read_letter"]
