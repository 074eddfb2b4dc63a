"""查询统计: how often which unit asked for which purpose, counted from the log of reads; small counts never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from chengxin.catalogue import lawbook
from chengxin.disclosure.accesses import OWN_FILE
from chengxin.disclosure.models import Access, Outcome
from chengxin.rules.small_counts import published


@dataclass(frozen=True, slots=True)
class Asked:
    """How often one unit asked for one purpose, and how often it was refused; hidden counts are ``None``."""

    agency_zh: str
    agency_en: str
    purpose_zh: str
    purpose_en: str
    answered: int | None
    refused: int | None


@dataclass(frozen=True, slots=True)
class Reads:
    """Every read by a unit, by unit and purpose, with the totals that may be shown."""

    rows: tuple[Asked, ...]
    answered: int | None
    refused: int | None


def reads(now: datetime) -> Reads:
    """Return the reads the subjects themselves may see by now; own reads are nobody's enquiry and are left out."""
    found = Access.objects.filter(visible_from__lte=now, agency__isnull=False).exclude(purpose=OWN_FILE)
    grouped = found.order_by().values_list("agency__name_zh", "agency__name_en", "purpose", "outcome")
    names: dict[str, tuple[str, str, str]] = {}
    answered: dict[str, int] = {}
    refused: dict[str, int] = {}
    for zh, en, purpose, outcome, count in grouped.annotate(Count("id")):
        key = f"{zh}\t{purpose}"
        names[key] = (zh, en, purpose)
        answered.setdefault(key, 0)
        refused.setdefault(key, 0)
        (refused if outcome == Outcome.REFUSED else answered)[key] += count
    given, denied = published(answered), published(refused)
    rows = tuple(_asked(names[key], given.cells[key], denied.cells[key]) for key in sorted(names))
    return Reads(rows, given.total, denied.total)


def _asked(name: tuple[str, str, str], answered: int | None, refused: int | None) -> Asked:
    zh, en, code = name
    purpose = next((each for each in lawbook.purposes() if each.code == code), None)
    return Asked(zh, en, purpose.zh if purpose else code, purpose.en if purpose else code, answered, refused)
