"""行政区划: the cities of a province, each with a point that stands for it on a schematic map. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chengxin.rules.lawreader import Entry

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Division:
    """One city: the first four digits of its division code, its names, and a point about its middle in degrees."""

    code: str
    zh: str
    en: str
    longitude: float
    latitude: float


def read_division(entry: Entry) -> Division:
    """Read one city of law/*/divisions.yaml, whose point is given in whole tenths of a degree."""
    east, north = entry.whole("east") / TENTHS, entry.whole("north") / TENTHS
    division = Division(entry.text("code"), entry.text("zh"), entry.text("en"), east, north)
    entry.finish()
    return division
