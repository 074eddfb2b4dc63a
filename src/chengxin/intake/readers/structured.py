"""Reading JSON: an array of objects, {"rows": [...]}, or objects one after another (NDJSON); keys are headings.

The text is cut into objects piece by piece, so that a long file never stands in memory. Whatever two programs could
read in two ways is refused: doubled keys, NaN, numbers longer than fifteen digits, half characters.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any, NoReturn

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.delimited import find_encoding
from chengxin.intake.readers.table import Table, build_keyed

_PIECE = 1 << 20
# A text whose end is not in the buffer yet matches as a single quotation mark.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]"]', re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n]*+")
_ROWS = re.compile(r'\{[ \t\r\n]*+"rows"[ \t\r\n]*+:[ \t\r\n]*+\[')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
# "{", blanks, the word and "[" fit into this many characters unless somebody plays with blanks.
_OPENING = 200
_EXACT_DIGITS = 15
_LARGEST_EXPONENT = 30


def read_structured(file: IO[bytes]) -> Table:
    """Read JSON; raises JsonBroken with the object and the key, EncodingUnknown, FileDamaged and FileEmpty."""
    encoding = find_encoding(file)
    if not encoding.startswith("utf-8"):
        raise faults.encoding(1)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        source = _Source(text)
        kind, objects = ("ndjson", source.sequence()) if source.is_sequence() else ("json", source.array())
        return build_keyed(kind, "utf-8", (_cells(number, each) for number, each in enumerate(objects, 1)))
    finally:
        text.detach()


class _Source:
    """A text from which objects are taken one by one."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._held, self._at, self._number = text.read(_PIECE), 0, 0
        self._wrapped = False

    def is_sequence(self) -> bool:
        """Tell whether objects follow one another; otherwise the opening of the array is passed over."""
        self._peek()
        while len(self._held) - self._at < _OPENING and self._more():
            continue
        opening = _ROWS.match(self._held[: self._at + _OPENING], self._at)
        if opening:
            self._wrapped, self._at = True, opening.end()
        elif self._peek() == "[":
            self._at += 1
        else:
            return True
        return False

    def sequence(self) -> Iterator[str]:
        """Yield the objects of an NDJSON text."""
        while self._peek():
            yield self._object()

    def array(self) -> Iterator[str]:
        """Yield the objects of the array, and see that nothing but its end follows."""
        if self._peek() == "]":
            self._at += 1
        else:
            yield self._object()
            while self._take(",]") == ",":
                yield self._object()
        if self._wrapped:
            self._take("}")
        if self._peek():
            raise faults.json_shape()

    def _peek(self) -> str:
        """Return the next character that is no blank, "" at the end."""
        while True:
            self._at = _BLANKS.match(self._held, self._at).end()  # type: ignore[union-attr]  # It matches nothing too.
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def _take(self, allowed: str) -> str:
        mark = self._peek()
        if not mark:
            raise faults.cut_off(self._number + 1)
        if mark not in allowed:
            self._broken("语法有误", "its syntax is wrong")
        self._at += 1
        return mark

    def _more(self) -> bool:
        piece = self._text.read(_PIECE)
        self._held, self._at = self._held[self._at :] + piece, 0
        return bool(piece)

    def _object(self) -> str:
        """Return the text of the object that begins here."""
        self._number += 1
        if self._peek() != "{":
            self._broken("不是对象", "it is not an object")
        while (end := self._end()) is None:
            if len(self._held) - self._at > limits.OBJECT_CHARACTERS:
                self._broken("过长或引号不成对", "it is too long, or a quotation mark is missing")
            if not self._more():
                raise faults.cut_off(self._number)
        found, self._at = self._held[self._at : end], end
        return found

    def _end(self) -> int | None:
        """Return where the object ends, or None when its end is not in the buffer."""
        depth = 0
        for token in _TOKEN.finditer(self._held, self._at):
            mark = self._held[token.start()]
            if mark == '"':
                if token.end() - token.start() == 1:
                    return None
            elif mark in "{[":
                depth += 1
                if depth > limits.JSON_DEPTH:
                    self._broken(f"嵌套超过 {limits.JSON_DEPTH} 层", f"it is nested deeper than {limits.JSON_DEPTH}")
            else:
                depth -= 1
                if not depth:
                    return token.end()
        return None

    def _broken(self, zh: str, en: str) -> NoReturn:
        raise faults.json_row(max(self._number, 1), zh, en)


class _Pairs(list[tuple[str, Any]]):
    """The keys and values of an object, before anything is said about doubled keys."""


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _constant(_name: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_constant)


def _cells(number: int, text: str) -> tuple[int, dict[str, str]]:
    """Return the number of an object and its texts by key."""
    try:
        pairs = _DECODER.decode(text)
    except ValueError as fault:
        raise faults.json_row(number, "语法有误", "its syntax is wrong") from fault
    if _HALF.search(text):
        _refuse_half(number, pairs)
    cells: dict[str, str] = {}
    for key, value in pairs:
        heading = key.strip()
        if heading in cells:
            raise faults.json_row(number, "同一个键出现两次", "it holds a key twice", heading)
        cells[heading] = value if type(value) is str else _plain(number, heading, value)
        if len(cells[heading]) > limits.CELL_CHARACTERS:
            raise faults.cell_too_long(number)
        if "\0" in cells[heading] or "\0" in heading or not heading:
            raise faults.json_row(number, "键为空或含空字符", "a key is blank or something holds NUL", heading[:0])
    return number, cells


def _plain(number: int, key: str, value: Any) -> str:
    """Return the text of what is not a text; raises JsonBroken for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, _Number):
        return _figure(number, key, value)
    raise faults.json_row(number, "值是列表或对象，应为文字或数字", "the value is a list or an object; give text", key)


def _figure(number: int, key: str, written: str) -> str:
    if written.lstrip("-").isdigit() and len(written.lstrip("-")) <= _EXACT_DIGITS:
        return str(written)
    exact = Decimal(written)
    if len(exact.as_tuple().digits) > _EXACT_DIGITS or abs(exact.adjusted()) > _LARGEST_EXPONENT:
        raise faults.json_row(
            number,
            "数字超过 15 位，号码请写成带引号的文字",
            "the number has more than 15 digits; write it as text",
            key,
        )
    return format(exact, "f")


def _refuse_half(number: int, pairs: _Pairs) -> None:
    for key, value in pairs:
        try:
            f"{key}{value if isinstance(value, str) else ''}".encode()
        except UnicodeEncodeError as fault:
            raise faults.json_row(number, "含有不完整的字符", "it holds half of a character") from fault
