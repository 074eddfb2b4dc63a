"""Text as it should be before it is stored or compared: width, blanks, brackets, empty words."""

from __future__ import annotations

import re
import unicodedata

from chengxin.rules.han import fold_han as fold_han

# Full-width letters and digits become half width. Full-width punctuation (，；：！？) is correct Chinese and stays,
# except for the signs that only ever join digits and letters in codes and numbers.
_FULL_LETTERS = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i).isalnum() or chr(0x21 + i) in "#%&*+-./@_"}
_ROUND = {ord("("): "（", ord("﹙"): "（", ord(")"): "）", ord("﹚"): "）"}
_SQUARE = {0xFF3B: "[", 0xFF3D: "]"}
# Joiners, direction marks, the byte-order mark and variation selectors are invisible and only break comparisons.
_INVISIBLE = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0xFE00, 0xFE10), 0xFEFF)
)
_TABLE: dict[int, int | str | None] = {**_FULL_LETTERS, **_ROUND, **_SQUARE, **_INVISIBLE}

# Characters that normalising leaves alone; most cells hold nothing else and need no second look.
_PLAIN = re.compile("[0-9A-Za-z\u3400-\u9fff〔〕（）、。；：，“”《》.*-]*")
_BLANKS = re.compile(r"\s+")
# Radicals and compatibility ideographs look like ordinary characters but compare as different ones.
_LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")

_OPENING = "([{<（〔【［｛﹙﹝〈《「『〖＜❲"
_CLOSING = ")]}>）〕】］｝﹚﹞〉》」』〗＞❳"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "〔" * len(_OPENING) + "〕" * len(_CLOSING))
_DASHES = re.compile("[-‐‑‒–—―−－ー﹣~～]+")

_SENTINELS = frozenset({"", "\\N", "NULL", "NONE", "NA", "N/A", "NAN", "无", "暂无", "空", "没有", "/", "\\", "-"})


def normalise(text: str) -> str:
    """Return the text as it is stored: half-width letters and digits, single blanks, （） for round brackets.

    Control and invisible characters go, line ends count as blanks, Chinese punctuation and Han variants stay.
    Applying it twice changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    folded = _LOOKALIKE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text.translate(_TABLE))
    visible = "".join(char for char in folded if char.isspace() or unicodedata.category(char) != "Cc")
    return _BLANKS.sub(" ", visible).strip()


def compact(text: str) -> str:
    """Return the normalised text without any blank."""
    return normalise(text).replace(" ", "")


def document_no(text: str) -> str:
    """Return a 文号 in the one form used for comparing: no blanks, 〔〕 for every bracket, capitals, plain Han.

    "X罚〔2025〕1号", "x罚[2025]1号" and "X罚（2025） 1號" give the same text. Leading zeros stay: 01号 and 1号 may
    both exist.
    """
    return _DASHES.sub("-", fold_han(compact(text)).translate(_BRACKETS)).upper()


def is_blank_sentinel(text: str) -> bool:
    r"""Tell whether a cell says "nothing" in one of the ways old systems say it: empty, \N, 暂无, 无, /, -, null."""
    bare = _DASHES.sub("-", fold_han(compact(text)).strip("()（）。.")).upper()
    return bare in _SENTINELS or (bool(bare) and set(bare) <= set("/-"))
