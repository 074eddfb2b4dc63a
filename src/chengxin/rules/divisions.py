"""行政区划的示意格子: the cities of a province, each at a place of a grid that its figures are drawn on. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chengxin.rules.lawreader import Entry


@dataclass(frozen=True, slots=True)
class Division:
    """One city: the first four digits of its division code, its names, and its place in the grid from the top left."""

    code: str
    zh: str
    en: str
    column: int
    row: int


def read_division(entry: Entry) -> Division:
    """Read one city of law/*/divisions.yaml."""
    division = Division(
        entry.text("code"), entry.text("zh"), entry.text("en"), entry.whole("column"), entry.whole("row")
    )
    entry.finish()
    return division
