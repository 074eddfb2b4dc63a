"""The peer of the `validate` benchmark: Frictionless with a Table Schema and two custom checks.

Common rules: required columns, lengths, allowed values, dates, amounts (Table Schema); check digits, certificate and
code by kind of party, fine above nought, dates not after today and in order, no duplicates (custom checks).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
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
_KINDS = ["法人及非法人组织", "自然人", "个体工商户"]


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
        """Yield one error for each rule the row breaks."""
        for note in (*_of_party(row), *_of_decision(row)):
            yield errors.RowError.from_row(row, note=note)
        key = (row["CF_CFJGDM"], row["CF_WSH"], row["CF_XDR_SHXYM"] or row["CF_XDR_ZJHM"])
        if None not in key and key in self.seen:
            yield errors.RowError.from_row(row, note="duplicate")
        self.seen.add(key)


def _of_party(row: Any) -> Iterator[str]:
    code, number = row["CF_XDR_SHXYM"], row["CF_XDR_ZJHM"]
    if row["CF_XDR_LB"] == "自然人":
        if code:
            yield "code on person"
        if not number or not is_citizen_id(number):
            yield "person number"
    elif row["CF_XDR_LB"] and (not code or not row["CF_FRDB"]):
        yield "organisation without code"
    for text in (code, row["CF_CFJGDM"], row["CF_SJLYDM"]):
        if text and not _is_uscc(text):
            yield "check digit"


def _of_decision(row: Any) -> Iterator[str]:
    decided, until = row["CF_JDRQ"], row["CF_YXQ"]
    if decided and (decided > TODAY or decided.year < 1949):
        yield "decision date"
    if decided and until and until < decided:
        yield "dates in order"
    if "罚款" in (row["CF_CFLB"] or "") and not (row["CF_NR_FK"] or 0) > 0:
        yield "fine"


def run(path: Path) -> tuple[float, list[int]]:
    """Return the seconds the peer took and the numbers of the rows it found bad, counted from 1."""
    fields = [_field(name) for name in COLUMNS]
    start = time.perf_counter()
    resource = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor({"fields": fields}))
    report = resource.validate(Checklist(checks=[Rules()]), limit_errors=10**9)
    seconds = time.perf_counter() - start
    # Frictionless counts the heading as row 1.
    return seconds, sorted({number - 1 for (number,) in report.flatten(["rowNumber"])})


def _field(name: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if name in _REQUIRED else {}
    if name in _LENGTHS:
        constraints["maxLength"] = _LENGTHS[name]
    if name == "CF_XDR_LB":
        constraints["enum"] = _KINDS
    return {"name": name, "type": _TYPES.get(name, "string"), "constraints": constraints}
