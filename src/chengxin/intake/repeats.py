"""文件内重复: what becomes of rows about the same fact does not hang on the order in which they stand in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from chengxin.intake import reasons
from chengxin.intake.checking import Checked
from chengxin.intake.readers.table import ROW
from chengxin.intake.reasons import Stored
from chengxin.rules.layouts import Role
from chengxin.rules.text import normalise
from chengxin.rules.validation.rows import PERSON as _PERSON

REPEATED = "file.duplicate"
_SUBJECT = ("person", "subject_code")
_AT_A_TIME = 100_000


def settled(checked: Checked) -> Checked:
    """Return the check with its repeated rows judged by what they say.

    Of rows that say the same, one that is in order is kept. Where rows in order contradict each other, all of them go
    back: nobody but the source can know which is right.
    """
    repeated = {row for row, found in checked.findings.items() if any(f["code"] == REPEATED for f in found)}
    if not repeated:
        return checked
    findings, bad = dict(checked.findings), set(checked.bad)
    for group in _groups(checked, repeated):
        in_order = [row for row in sorted(group) if not _errors(findings.get(row, []))]
        kept = min(in_order, key=lambda row: group[row]) if len({_said(group[row][0]) for row in in_order}) == 1 else 0
        for row in in_order:
            other = kept or next(each for each in in_order if each != row)
            findings[row] = _told(checked, findings.get(row, []), "" if row == kept else str(other))
            (bad.discard if row == kept else bad.add)(row)
    return replace(checked, findings=findings, bad=frozenset(bad))


def misnamed(checked: Checked) -> set[int]:
    """Return the rows that call a subject otherwise than most rows of the file, the first in order of text on a tie.

    They are matched after the others, so that a subject nobody knew yet takes name and kind from the whole file.
    """
    field = checked.layout.role(Role.SUBJECT_NAME)
    if field is None:
        return set()
    torn = _called_differently(checked, field.code)
    behind: set[int] = set()
    for _, rows in torn.group_by(_SUBJECT):
        called = [(kind, normalise(name)) for kind, name in zip(rows["kind"], rows["name"], strict=True)]
        first = min(Counter(called).items(), key=lambda each: (-each[1], each[0]))[0]
        behind.update(row for row, each in zip(rows["at"], called, strict=True) if each != first)
    return behind


def _called_differently(checked: Checked, name: str) -> pl.DataFrame:
    """Return kind, name and row number of sound rows whose subject is named or typed in several ways.

    Their digests are compared first: most subjects of a long file have one name, and their texts are not gathered.
    """
    typed, at = checked.typed, checked.table.frame[ROW].alias("at")
    parts = [typed] if typed.is_empty() else typed.iter_slices(_AT_A_TIME)
    digests = pl.concat([_digests(part, name) for part in parts]).with_columns(at)
    sound = digests.filter(pl.col("whole") & ~pl.col("at").is_in(list(checked.bad)))
    several = sound.group_by("whose").agg(pl.col("called").n_unique()).filter(pl.col("called") > 1)["whose"]
    meant = at.is_in(sound.filter(pl.col("whose").is_in(several.implode()))["at"].implode())
    told = typed.filter(meant).select("subject_code", person=_IS_PERSON, kind="subject_kind", name=name)
    return told.with_columns(at.filter(meant))


_IS_PERSON = pl.col("subject_kind") == _PERSON


def _digests(part: pl.DataFrame, name: str) -> pl.DataFrame:
    kind, code, called = pl.col("subject_kind"), pl.col("subject_code"), pl.col(name)
    whole = pl.all_horizontal(each.is_not_null() for each in (kind, code, called))
    return part.select(whose=_IS_PERSON.hash(0) ^ code.hash(1), called=kind.hash(2) ^ called.hash(3), whole=whole)


Group = dict[int, tuple[tuple[object, ...], tuple[str, ...]]]


def _groups(checked: Checked, repeated: Iterable[int]) -> Iterable[Group]:
    """Yield what typed and raw cells hold, by row number, of the rows that share authority, document and subject."""
    authority = checked.layout.role(Role.AUTHORITY_CODE)
    assert authority is not None
    key = (authority.code, "document_key", "subject_code")
    typed = checked.typed.drop("row").with_columns(checked.table.frame[ROW].alias("at"))
    again = typed.filter(pl.col("at").is_in(list(repeated))).select(key).unique()
    shared = typed.join(again, on=key, how="semi")
    texts = checked.table.frame.filter(pl.col(ROW).is_in(shared["at"].implode())).drop(ROW)
    groups: dict[tuple[object, ...], Group] = {}
    for at, line, raw in zip(shared["at"], shared.drop("at").rows(named=True), texts.rows(), strict=True):
        groups.setdefault(tuple(line[name] for name in key), {})[at] = (tuple(line.values()), raw)
    return groups.values()


def _said(line: Sequence[object]) -> tuple[object, ...]:
    return tuple(normalise(value) if isinstance(value, str) else value for value in line)


def _errors(found: Sequence[Stored]) -> list[Stored]:
    """Return the findings that keep a row out whether it is repeated or not."""
    rules = reasons.all_rules()
    return [each for each in found if each["code"] != REPEATED and rules[each["code"]].severity == "error"]


def _told(checked: Checked, found: Sequence[Stored], other: str) -> list[Stored]:
    rest = [each for each in found if each["code"] != REPEATED]
    field = checked.layout.role(Role.DOCUMENT_NO)
    return [*rest, reasons.stored(REPEATED, field.code if field else "", limit=other)] if other else rest
