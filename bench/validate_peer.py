"""The peer of the `validate` benchmark: Frictionless with a Table Schema and two custom checks.

Common rules: required columns, lengths, allowed values, dates, amounts (Table Schema); check digits, certificate and
code by kind of party, fine above nought, dates not after today and in order, no duplicates (custom checks). What it
finds is told in our codes, so that rows, codes and fields can be compared: ``Told``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
from bench.agreement import Told
from bench.validate_data import COLUMNS, TODAY
from frictionless import Check, Checklist, Resource, Schema, errors

from chengxin.rules.identifiers.citizen import is_citizen_id
from chengxin.rules.identifiers.orgcode import is_org_code

_REQUIRED = {
    *("CF_XDR_MC", "CF_XDR_LB", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR", "CF_JDRQ", "CF_YXQ"),
    *("CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM"),
}
_TYPES = {"CF_JDRQ": "date", "CF_YXQ": "date", "CF_GSJZQ": "date", "CF_NR_FK": "number", "CF_NR_WFFF": "number"}
_LENGTHS = {
    "CF_XDR_MC": 200,
    "CF_WSH": 128,
    "CF_WFXW": 2000,
    "CF_SY": 5000,
    "CF_YJ": 2048,
    "CF_NR": 4000,
    "CF_NR_ZKDX": 200,
    "CF_CFJG": 200,
    "CF_SJLY": 200,
    "BZ": 512,
}
_PERSON = "自然人"
_KINDS = ["法人及非法人组织", _PERSON, "个体工商户"]

_OF_A_CELL = {"required": "cell.required", "maxLength": "text.too_long", "enum": "choice.unknown"}
_OF_A_TYPE = {"date": "date.unreadable", "number": "amount.unreadable"}


def _is_uscc(text: str) -> bool:
    """Both checks, or the inner one alone: early codes of Xiamen fail the outer check and are in force."""
    return len(text) == 18 and is_org_code(text[8:17]) and not is_citizen_id(text)


@attrs.define(kw_only=True, repr=False)
class Rules(Check):
    """The rules that a Table Schema cannot say."""

    type = "penalty-rules"
    Errors = [errors.RowError]
    seen: set[tuple[Any, ...]] = attrs.field(factory=set)

    def validate_row(self, row: Any) -> Iterable[Any]:
        """Yield one error for each rule the row breaks; its note is our code and the column."""
        for code, column in (*_of_party(row), *_of_decision(row), *self._of_file(row)):
            yield errors.RowError.from_row(row, note=f"{code} {column}")

    def _of_file(self, row: Any) -> Iterator[tuple[str, str]]:
        key = (row["CF_CFJGDM"], row["CF_WSH"], row["CF_XDR_SHXYM"] or row["CF_XDR_ZJHM"])
        if None not in key and key in self.seen:
            yield "file.duplicate", "CF_WSH"
        self.seen.add(key)


def _of_party(row: Any) -> Iterator[tuple[str, str]]:
    code, number = row["CF_XDR_SHXYM"], row["CF_XDR_ZJHM"]
    if row["CF_XDR_LB"] == _PERSON:
        if code:
            yield "uscc.on_person", "CF_XDR_SHXYM"
        if not number or not is_citizen_id(number):
            yield "person.number_wrong" if number else "cell.required", "CF_XDR_ZJHM"
    elif row["CF_XDR_LB"] in _KINDS:
        yield from (("cell.required", column) for column in ("CF_XDR_SHXYM", "CF_FRDB") if not row[column])
    for column in ("CF_XDR_SHXYM", "CF_CFJGDM", "CF_SJLYDM"):
        if row[column] and not _is_uscc(row[column]):
            yield "uscc.wrong", column


def _of_decision(row: Any) -> Iterator[tuple[str, str]]:
    decided, until = row["CF_JDRQ"], row["CF_YXQ"]
    if decided and (decided > TODAY or decided.year < 1949):
        yield "date.future" if decided > TODAY else "date.too_old", "CF_JDRQ"
    if decided and until and until < decided:
        yield "date.order", "CF_YXQ"
    # An amount that cannot be read is told as such, and only as such.
    unread = "CF_NR_FK" in row.error_cells
    if "罚款" in (row["CF_CFLB"] or "") and not unread and not (row["CF_NR_FK"] or 0) > 0:
        yield "fine.amount", "CF_NR_FK"


def run(path: Path) -> tuple[float, list[Told]]:
    """Return the seconds the peer took and all it found, in order."""
    fields = [_field(name) for name in COLUMNS]
    start = time.perf_counter()
    resource = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor({"fields": fields}))
    report = resource.validate(Checklist(checks=[Rules()]), limit_errors=10**9)
    seconds = time.perf_counter() - start
    found = report.flatten(["rowNumber", "type", "fieldName", "note"])
    return seconds, sorted(_told(*each) for each in found)


def _told(row: int, kind: str, column: str | None, note: str) -> Told:
    """Say an error of the peer in our codes; raises KeyError, StopIteration for one that has none."""
    # Frictionless counts the heading as row 1.
    if kind == "row-error":
        code, column = note.split()
    elif kind == "type-error":
        code = _OF_A_TYPE[_TYPES[str(column)]]
    else:
        code = next(code for constraint, code in _OF_A_CELL.items() if f'"{constraint}"' in note)
    return row - 1, code, str(column)


def _field(name: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if name in _REQUIRED else {}
    if name in _LENGTHS:
        constraints["maxLength"] = _LENGTHS[name]
    if name == "CF_XDR_LB":
        constraints["enum"] = _KINDS
    return {"name": name, "type": _TYPES.get(name, "string"), "constraints": constraints}
