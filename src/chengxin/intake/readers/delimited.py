"""Reading delimited text: UTF-8, GB18030 or UTF-16, divided by whatever divides it consistently."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.headings import Knows
from chengxin.intake.readers.sniffing import SAMPLE_CHARACTERS, STAND_IN, Split, divided, sniff
from chengxin.intake.readers.table import Table, build

_PIECE = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The reader's own limit is 131,072 characters for the whole process; ours is larger and said in our words.
csv.field_size_limit(limits.CELL_CHARACTERS)


def read_delimited(file: IO[bytes], knows: Knows | None = None) -> Table:
    """Read delimited text; raises EncodingUnknown, FileDamaged, FileEmpty and CellTooLong.

    ``knows`` tells names of the layout, by which a heading below a title is found.
    """
    encoding = find_encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        split = sniff(text.read(SAMPLE_CHARACTERS), knows)
        text.seek(0)
        if split.declared:
            text.readline()
        rows = _rows(text, split)
        return build("csv", "utf-8" if encoding == "utf-8-sig" else encoding, rows, split.reason, knows)
    finally:
        text.detach()


def find_encoding(file: IO[bytes]) -> str:
    """Return the encoding in which the whole file decodes; otherwise raise the fault that lies furthest in it."""
    file.seek(0)
    head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    candidates = (marked,) if marked else ("utf-8", "gb18030")
    reached = [_first_fault(file, name) for name in candidates]
    for name, fault in zip(candidates, reached, strict=True):
        if fault is None:
            return name
    raise max((fault for fault in reached if fault), key=lambda fault: fault.facts["line"])  # type: ignore[arg-type,return-value]  # A line is a number.


def _first_fault(file: IO[bytes], encoding: str) -> faults.FileRefused | None:
    """Decode the file piece by piece and return what stops it, with the line; NUL is in no text."""
    file.seek(0)
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    while piece := file.read(_PIECE):
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as fault:
            return faults.encoding(line + piece[: fault.start].count(b"\n"))
        if "\0" in text:
            return faults.null_bytes(line + text[: text.index("\0")].count("\n"))
        line += text.count("\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return faults.cut_off(line)
    return None


def _rows(text: IO[str], split: Split) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (row as a spreadsheet shows it, cells); rows in which nothing is written are passed over."""
    lines = _Lines(text, split)
    number, began, last = 0, lines.number + 1, None
    try:
        for cells in divided(lines, split.delimiter, strict=True):
            number += 1
            if any(cells):
                yield number, cells
                last = cells
            began = lines.number + 1
    except csv.Error as fault:
        raise faults.cell_too_long(number + 1) if "limit" in str(fault) else faults.quotes(began) from fault
    if last is not None and len(last) < split.columns and not lines.ended:
        raise faults.cut_off(lines.number)


class _Lines:
    """The lines of a text: how many there were, and whether the last one was ended."""

    def __init__(self, text: IO[str], split: Split) -> None:
        self._text = text
        self._stands_in = len(split.delimiter) > 1
        self.number = 1 if split.declared else 0
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            self.ended = line.endswith(("\n", "\r"))
            if self._stands_in and STAND_IN in line:
                raise faults.encoding(self.number)
            yield line
