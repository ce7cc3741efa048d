"""PURE. A rendered issue -> the bytes of messages: `template` is filled for each reader."""

from publisher.links.readers import fill
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.embedding import mailed_html
from publisher.mime.message import (
    SAMPLE_FILES,
    SAMPLE_READER,
    SAMPLE_TOKEN,
    make_template,
    message,
    message_id,
    sample_files,
)
from publisher.mime.template import MessageTemplate

__all__ = [
    "SAMPLE_FILES",
    "SAMPLE_READER",
    "SAMPLE_TOKEN",
    "Mailbox",
    "MessageTemplate",
    "fill",
    "mailed_html",
    "make_template",
    "message",
    "message_id",
    "read_mailbox",
    "sample_files",
]
