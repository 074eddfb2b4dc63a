"""Which sign, or which two or three, divide a text into columns: told by the heading and the first rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chengxin.intake.readers import faults
from chengxin.intake.readers.headings import LOOKED_AT, Knows, known_names, place_in

# The first of equals wins.
USUAL = {
    ",": ("逗号", "commas"),
    "\t": ("制表符", "tabs"),
    ";": ("分号", "semicolons"),
    "|": ("竖线", "bars"),
    "，": ("中文逗号", "Chinese commas"),
    " ": ("空格", "blanks"),
    "、": ("顿号", "enumeration commas"),
}
_TRIED_FIRST = (",", "\t", ";", "|", "，")
STAND_IN = "\ufdd0"
"""Stands for a divider of several signs while a text is read; it is assigned to no character and never will be."""
SAMPLE_CHARACTERS = 1 << 18
# How much the agreement of rows counts under a divider that leaves signs around the names.
_OF_UNCLEAN = 0.6
_SAMPLE_ROWS, _LONGEST, _CANDIDATES = 200, 3, 60
# Spreadsheet programmes write and obey such a line, and do not show it.
_DECLARED = re.compile(r'"?sep=([^"\r\n]{1,3})"?(?:\r\n|\n|\r)', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r'"[^"]*"')
_SIGNS = re.compile(r'[^\w\r\n"]+|_+')
# With these a name may begin or end although they are no letters.
_OF_NAMES = frozenset("()（）*＊[]【】《》“”‘’_%％")
# Of these, the ones that may as well be part of a divider; brackets come in pairs.
_OF_DIVIDERS = frozenset("*＊%％")


@dataclass(frozen=True, slots=True)
class Split:
    """A divider and why it was taken: columns of the heading, rows looked at, rows that have as many cells.

    ``known`` are the names of the heading that the layout knows; ``clean`` tells that no name has signs around it;
    ``declared`` that the first line of the file says what divides it.
    """

    delimiter: str
    columns: int
    looked: int
    agreeing: int
    known: int = 0
    clean: bool = True
    declared: bool = False

    @property
    def score(self) -> float:
        """How well the rows bear the heading out, weighed by the columns it makes; 0 for a single column."""
        return (self.columns - 1) * (self.agreeing / self.looked if self.looked else 1)

    @property
    def rank(self) -> tuple[int, float, float, int]:
        """What makes a divider better: names that are known, rows that agree and names that are clean, columns."""
        agreed = self.agreeing / self.looked if self.looked and self.columns > 1 else 0
        return self.known, agreed if self.clean else agreed * _OF_UNCLEAN, self.score, len(self.delimiter)

    @property
    def reason(self) -> tuple[str, str]:
        """Say in Chinese and English why the text is split so."""
        zh, en = _named(self.delimiter)
        if self.declared:
            return f"文件首行写明按{zh}分列。", f"The first line of the file says that it is split at {en}."
        return (
            f"按{zh}分列：表头 {self.columns} 列，查看的 {self.looked} 行中 {self.agreeing} 行列数相符。",
            f"Split at {en}: the heading has {self.columns} columns; so have {self.agreeing} of {self.looked} rows.",
        )


def sniff(sample: str, knows: Knows | None = None) -> Split:
    """Return what divides a text: what it says itself, else what most rows agree with; raises FileEmpty."""
    if not sample.strip():
        raise faults.empty()
    if declared := _DECLARED.match(sample):
        found = _tried(sample[declared.end() :], declared[1], knows)
        return Split(declared[1], found.columns, found.looked, found.agreeing, found.known, declared=True)
    usual = max((_tried(sample, mark, knows) for mark in _TRIED_FIRST), key=lambda split: split.score)
    if usual.clean and usual.columns > 1:
        return usual
    others = [_tried(sample, mark, knows) for mark in _candidates(sample)]
    return max([usual, *others], key=lambda split: split.rank)


def _named(mark: str) -> tuple[str, str]:
    if mark in USUAL:
        return USUAL[mark]
    shown = "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in mark)
    return f"“{shown}”", f"“{shown}”"


def _candidates(sample: str) -> list[str]:
    """Return the signs, one to three of them together, that occur in the first lines outside of quotation marks."""
    found = Counter[str]()
    for line in _LINE_END.split(sample)[:LOOKED_AT]:
        for run in _SIGNS.findall(_QUOTED.sub('""', line)):
            found.update({run[at : at + long] for long in range(1, _LONGEST + 1) for at in range(len(run) - long + 1)})
    return [mark for mark, _ in found.most_common(_CANDIDATES)]


def _tried(sample: str, mark: str, knows: Knows | None) -> Split:
    rows = list(_first_rows(sample, mark)) or [[""]]
    at = place_in(rows[:LOOKED_AT], knows) if knows else 0
    heading, below = rows[at], rows[at + 1 :]
    agreeing = sum(1 for cells in below if len(cells) == len(heading))
    known = known_names(heading, knows) if knows else 0
    return Split(mark, len(heading), len(below), agreeing, known, _clean(heading))


def _first_rows(sample: str, mark: str) -> Iterator[list[str]]:
    met = 0
    try:
        for cells in divided(io.StringIO(sample, newline=""), mark):
            if any(cells):
                met += 1
                yield cells
            if met > _SAMPLE_ROWS:
                return
    except csv.Error:
        return


def divided(lines: Iterable[str], mark: str, *, strict: bool = False) -> Iterator[list[str]]:
    """Yield the cells of each row, quoted ones whole; raises csv.Error."""
    if len(mark) == 1:
        yield from csv.reader(lines, delimiter=mark, strict=strict)
        return
    stood_for = (line.replace(mark, STAND_IN) for line in lines)
    for cells in csv.reader(stood_for, delimiter=STAND_IN, strict=strict):
        yield [cell.replace(STAND_IN, mark) for cell in cells]


def _clean(heading: Sequence[str]) -> bool:
    """Tell whether every name is one, without blanks between them and without signs of a longer divider."""
    last = max((at for at, cell in enumerate(heading) if cell), default=-1)
    names = heading[: last + 1]
    return all(map(_is_name, names)) and not _share_a_sign(names)


def _share_a_sign(names: Sequence[str]) -> bool:
    """Tell whether every name but the first begins with one sign, or every one but the last ends with it.

    Such a sign belongs to a longer divider: a mark of its own, as for what has to be filled in, would stand there too.
    """
    begins, ends = {name[0] for name in names[1:]}, {name[-1] for name in names[:-1]}
    led = len(begins) == 1 and begins <= _OF_DIVIDERS and names[0][0] not in begins
    return led or (len(ends) == 1 and ends <= _OF_DIVIDERS and names[-1][-1] not in ends)


def _is_name(cell: str) -> bool:
    ends = cell[:1], cell[-1:]
    return bool(cell) and all(end.isalnum() or end in _OF_NAMES for end in ends)
