"""Reading delimited text: UTF-8, GB18030 or UTF-16; commas (also Chinese), semicolons, tabs or bars."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.table import Table, build

_PIECE = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The first of equals wins.
_DELIMITERS = {
    ",": ("逗号", "commas"),
    "\t": ("制表符", "tabs"),
    ";": ("分号", "semicolons"),
    "|": ("竖线", "bars"),
    "，": ("中文逗号", "Chinese commas"),
}
_SAMPLE_CHARACTERS, _SAMPLE_ROWS = 1 << 18, 200
# The reader's own limit is 131,072 characters for the whole process; ours is larger and said in our words.
csv.field_size_limit(limits.CELL_CHARACTERS)


def read_delimited(file: IO[bytes]) -> Table:
    """Read delimited text; raises EncodingUnknown, FileDamaged, FileEmpty and CellTooLong."""
    encoding = find_encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        split = sniff(text.read(_SAMPLE_CHARACTERS))
        text.seek(0)
        rows = _rows(text, split.delimiter)
        return build("csv", "utf-8" if encoding == "utf-8-sig" else encoding, rows, split.reason)
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


@dataclass(frozen=True, slots=True)
class Split:
    """A delimiter and why it was taken: columns of the heading, rows looked at, rows that have as many cells."""

    delimiter: str
    columns: int
    looked: int
    agreeing: int

    @property
    def score(self) -> float:
        """How well the rows bear the heading out, weighed by the columns it makes; 0 for a single column."""
        return (self.columns - 1) * (self.agreeing / self.looked if self.looked else 1)

    @property
    def reason(self) -> tuple[str, str]:
        """Say in Chinese and English why the text is split so."""
        zh, en = _DELIMITERS[self.delimiter]
        return (
            f"按{zh}分列：表头 {self.columns} 列，查看的 {self.looked} 行中 {self.agreeing} 行列数相符。",
            f"Split at {en}: the heading has {self.columns} columns; so have {self.agreeing} of {self.looked} rows.",
        )


def sniff(sample: str) -> Split:
    """Return the delimiter under which most rows have as many cells as the heading; raises FileEmpty."""
    if not sample.strip():
        raise faults.empty()
    return max((_tried(sample, mark) for mark in _DELIMITERS), key=lambda split: split.score)


def _tried(sample: str, delimiter: str) -> Split:
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) > _SAMPLE_ROWS:
                break
    except csv.Error:
        widths = widths or [1]
    heading, *rows = widths or [1]
    return Split(delimiter, heading, len(rows), rows.count(heading))


def _rows(text: IO[str], delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (row as a spreadsheet shows it, cells); rows in which nothing is written are passed over."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number, began, width, last = 0, 1, 0, None
    try:
        for cells in reader:
            number += 1
            if any(cells):
                width = width or len(cells)
                yield number, cells
                last = cells
            began = reader.line_num + 1
    except csv.Error as fault:
        raise faults.cell_too_long(number + 1) if "limit" in str(fault) else faults.quotes(began) from fault
    if last is not None and len(last) < width and not lines.ended:
        raise faults.cut_off(reader.line_num)


class _Lines:
    """The lines of a text, remembering whether the last one was ended."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.ended = line.endswith(("\n", "\r"))
            yield line
