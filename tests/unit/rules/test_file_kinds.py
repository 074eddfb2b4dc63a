"""What a file is, is told by its content."""

from __future__ import annotations

import pytest

from chengxin.rules.file_kinds import ending, media_type


@pytest.mark.parametrize(("content", "kind", "end"), [
    (b"%PDF-1.7\n", "application/pdf", "pdf"), (b"\xff\xd8\xff\xe0..", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n....", "image/png", "png"),
])  # fmt: skip
def test_the_three_kinds_that_are_taken(content, kind, end):
    assert (media_type(content), ending(kind)) == (kind, end)


@pytest.mark.parametrize("content", [b"", b"%PD", b"\x89PNG", b"<html>%PDF-", b"GIF89a", b"PK\x03\x04", b"<svg/>"])
def test_everything_else_is_nothing(content):
    assert media_type(content) == ""
