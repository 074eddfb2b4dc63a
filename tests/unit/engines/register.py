"""A table of facts for tests, row by row, and the law of the repository with other excluded kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from chengxin.engines.eligibility.tables import FACTS
from chengxin.rules.dated import LawBook, Value
from chengxin.rules.lawfiles import read_value
from chengxin.rules.lawreader import Entry

DAY = date(2026, 11, 20)
VALUES = Path(__file__).parents[3] / "law" / "national" / "values"
PLAIN: dict[str, Any] = {
    "subject": "s",
    "authority": "x",
    "listing": False,
    "nature": "negative",
    "grade": "general",
    "restorable_from": date(2026, 7, 1),
    "use_until": date(2027, 4, 1),
    "ended": False,
    "link_suspended": False,
    "disputed": False,
    "matter_open": False,
    "kinds": ["罚款"],
    "ban_until": None,
    "barred_until": None,
    "duty": None,
}
"""A general penalty whose shortest period is over and of whose duty nobody has said anything."""


def facts(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Return a table of records named by their number, each plain but for what its row says."""
    lines = [{"record": f"{n:03}", **PLAIN, **row} for n, row in enumerate(rows)]
    return pl.DataFrame(lines, schema=FACTS, orient="row")


def law(excluded: tuple[str, ...] = ()) -> LawBook:
    """Return the national values with these kinds of penalty excluded from restoration."""
    return LawBook(tuple(_excluding(value, excluded) for value in _national()))


def _excluding(value: Value, excluded: tuple[str, ...]) -> Value:
    return replace(value, value=excluded) if value.key == "repair.excluded_kinds" else value


@cache
def _national() -> tuple[Value, ...]:
    files = (VALUES / "restoration.yaml", VALUES / "grades.yaml")
    entries = [entry for file in files for entry in yaml.safe_load(file.read_text())["values"]]
    return tuple(_read(entry) for entry in entries)


def _read(entry: dict[str, Any]) -> Value:
    return read_value(Entry(entry, "test"), "national")
