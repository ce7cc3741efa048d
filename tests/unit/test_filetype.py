"""What a file is, by its first bytes and its name."""

from __future__ import annotations

import pytest

from publisher.sources.filetype import media_type

FTYP = b"\0\0\0\x20ftyp"


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("a.mp3", b"ID3\x04", "audio/mpeg"),
        ("a.mp3", b"\xff\xfb\x90\x00", "audio/mpeg"),
        ("a.mp3", b"no audio at all", "audio/mpeg"),
        ("a.mp3", FTYP + b"M4A ", "audio/mp4"),
        ("a.mp3", b"fLaC", "audio/flac"),
        ("a.mp3", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.aac", b"\xff\xf1\x50\x80", "audio/aac"),
        ("a.flac", b"ID3\x04", "audio/flac"),
        ("a.m4a", FTYP + b"isom", "audio/mp4"),
        ("a.m4b", b"", "audio/mp4"),
        ("a.mp4", FTYP + b"isom", "video/mp4"),
        ("a.bin", FTYP + b"isom", "video/mp4"),
        ("a.mov", FTYP + b"qt  ", "video/quicktime"),
        ("a.ogg", b"OggS", "audio/ogg"),
        ("a.ogv", b"OggS", "video/ogg"),
        ("a.ogg", b"OggS" + bytes(24) + b"\x80theora", "video/ogg"),
        ("a.opus", b"OggS" + bytes(24) + b"OpusHead", "audio/ogg"),
        ("a.wav", b"RIFF\0\0\0\0WAVE", "audio/wav"),
        ("a.jpg", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("a.webm", b"\x1aE\xdf\xa3\x01webm", "video/webm"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.epub", b"PK\x03\x04", "application/epub+zip"),
        ("a.vtt", b"WEBVTT", "text/vtt"),
        ("a.srt", b"1\n", "application/x-subrip"),
        ("a", b"", "application/octet-stream"),
        ("a.mp3", b"\xff", "audio/mpeg"),
    ],
)
def test_the_type_of_a_file(name: str, start: bytes, kind: str) -> None:
    assert media_type(name, start) == kind
