"""What counts for a matter today: read anew at every asking, so what has ended is gone at once (charter C13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from chengxin.catalogue import lawbook
from chengxin.registry import listed
from chengxin.registry.hot import Mark
from chengxin.registry.listed import Entered
from chengxin.registry.models import Annotation
from chengxin.rules.lawfiles import Purpose
from chengxin.rules.screening import LISTING_REMEDY, Hit, HitKind, Matter, in_order
from chengxin.supervision import holding
from chengxin.supervision.holding import Holding


def screen(subjects: Collection[UUID], matter: str, today: date) -> dict[UUID, tuple[Hit, ...]]:
    """Return the hits of those of these subjects that have any, for a matter, on a day.

    It decides nothing about who may ask and writes nothing down: that is the gate's work. Raises NoSuchMatter.
    """
    found = lawbook.matter(matter, today)
    purpose = lawbook.purpose(found.purpose, today)
    entries = listed.entries(subjects, found.lists, today)
    measures = holding.measures_of(subjects, _listed_today(found, today), today)
    marks = listed.marks_of({each.record for held in measures.values() for each in held})
    hits: dict[UUID, tuple[Hit, ...]] = {}
    for subject in entries.keys() | measures.keys():
        ours = [_of_entry(each) for each in entries.get(subject, ()) if _counts(each, purpose)]
        ours += [_of_measure(each, marks.get(each.record, ())) for each in measures.get(subject, ())]
        if ours:
            hits[subject] = in_order(ours)
    return hits


def _listed_today(matter: Matter, today: date) -> list[str]:
    """Return the matter's measures that the list of measures still holds: an unlisted one counts for nothing."""
    return [each.code for each in lawbook.measures(today) if each.code in matter.measures]


def _counts(entry: Entered, purpose: Purpose) -> bool:
    """Tell whether the purpose may see it; what somebody joined for benefits never restrains them (charter C21)."""
    seen = entry.nature in purpose.natures and (not purpose.items or entry.item in purpose.items)
    return seen and not (entry.opt_in and purpose.restrains)


def _of_entry(entry: Entered) -> Hit:
    return Hit(
        HitKind.LISTING, entry.record, None, entry.item, entry.item_zh, entry.item_en, entry.basis, entry.authority,
        entry.since, entry.until, *_marks(entry.marks), *LISTING_REMEDY,
    )  # fmt: skip


def _of_measure(held: Holding, marks: Iterable[Mark]) -> Hit:
    return Hit(
        HitKind.MEASURE, held.record, held.measure, held.code, held.zh, held.en, held.basis, held.authority,
        held.since, held.until, *_marks(tuple(marks)), held.remedy, held.remedy,
    )  # fmt: skip


def _marks(marks: tuple[Mark, ...]) -> tuple[bool, bool, str]:
    kinds = {mark.kind for mark in marks}
    statement = "；".join(mark.text for mark in marks if mark.kind == Annotation.STATEMENT)
    return Annotation.DISPUTED in kinds, Annotation.UNDER_REPAIR in kinds, statement
