"""What a cell looks like without saying what it holds (charter C27)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_KINDS = (("数字", "digits"), ("字母", "letters"), ("汉字", "Han characters"), ("空白", "blanks"), ("其他", "other"))


@dataclass(frozen=True, slots=True)
class Shape:
    """A description such as “18 个字符：数字 17、字母 1”, safe to print, log and mail."""

    zh: str
    en: str


NO_SHAPE = Shape("", "")
EMPTY = Shape("空白", "empty")


def shape_of(text: str) -> Shape:
    """Count the characters of a text by kind; nothing in the answer tells which characters they are."""
    if not text:
        return EMPTY
    counts = [0] * len(_KINDS)
    for character in text:
        counts[_kind(character)] += 1
    met = [(names, count) for names, count in zip(_KINDS, counts, strict=True) if count]
    zh = "、".join(f"{names[0]} {count}" for names, count in met)
    en = ", ".join(f"{count} {names[1]}" for names, count in met)
    return Shape(f"{len(text)} 个字符：{zh}", f"{len(text)} characters: {en}")


def _kind(character: str) -> int:
    if character.isdigit():
        return 0
    if character.isalpha():
        return 2 if unicodedata.name(character, "").startswith("CJK") else 1
    return 3 if character.isspace() else 4


def characters(count: int) -> Shape:
    """Describe only a length."""
    return Shape(f"{count} 个字符", f"{count} characters")
