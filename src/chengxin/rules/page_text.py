"""What a public page says to its readers, and where in it a document number or a name stands. Pure text work.

Both the page and what is looked for are brought to one spelling first, because a number is printed with all kinds of
brackets, widths and spaces.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

SHORTEST = 6
"""A text shorter than this stands on a page by chance."""

_SILENT = frozenset({"script", "style", "template", "noscript"})
_BRACKETS = str.maketrans({"〔": "[", "〕": "]", "【": "[", "】": "]", "(": "[", ")": "]", "﹝": "[", "﹞": "]"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its offset and length in the page's text in one spelling."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a page in one spelling, and where its links lead."""

    words: str
    links: tuple[str, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag == "a":
            self.links.extend(value for name, value in attrs if name == "href" and value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def one_spelling(text: str) -> str:
    """Return a text without spaces, in half width, with one kind of bracket and in one case."""
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS).casefold()
    return "".join(plain.split())


def read(html: str) -> Page:
    """Return the words and links of a page, however broken its HTML is."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(one_spelling("".join(reader.parts)), tuple(reader.links))


def find(page: Page, wanted: str) -> Place | None:
    """Return where a text first stands on a page; a number that merely begins another one does not count."""
    text = one_spelling(wanted)
    if len(text) < SHORTEST:
        return None
    start = page.words.find(text)
    while start >= 0:
        if not _runs_on(page.words, start, len(text)):
            return Place(start, len(text))
        start = page.words.find(text, start + 1)
    return None


def _runs_on(words: str, start: int, length: int) -> bool:
    """Tell whether the text found is part of a longer number, such as 8号 within 118号 or 12 within 123."""
    before, after = words[start - 1 : start], words[start + length : start + length + 1]
    first, last = words[start], words[start + length - 1]
    return (before.isdigit() and first.isdigit()) or (after.isdigit() and last.isdigit())
