"""The register as a table of facts for the engines: negative records that stand, without any names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.utils import timezone

from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.engines.eligibility.tables import FACTS
from chengxin.registry.models import Annotation, RecordVersion
from chengxin.rights import duties as confirmed
from chengxin.rights.eligibility import SERIOUS_LISTS, ban_until, penalty_kinds
from chengxin.rights.models import Matter
from chengxin.rules.periods import add_months
from chengxin.rules.workflows.restoration import RESTORATION

CHUNK = 5_000
COLUMNS = (
    "pk",
    "record_id",
    "record__subject_id",
    "authority_code",
    "record__item_id",
    "record__item__national_class",
    "nature",
    "grade",
    "restorable_from",
    "use_until",
    "link_suspended",
)
Line = tuple[Any, ...]


@dataclass(frozen=True)
class _Around:
    """What holds for the whole register on a day."""

    barred: Mapping[UUID, date]
    banning: frozenset[int]
    kinds_matter: bool
    disputed: frozenset[UUID]
    applied: frozenset[UUID]
    performed: frozenset[UUID]


def write(folder: Path, today: date) -> int:
    """Write the facts of the whole register as Parquet files into a folder and return how many records there are."""
    around, total = _around(today), 0
    for number, lines in enumerate(_chunks()):
        _table(lines, around).write_parquet(folder / f"facts-{number:06}.parquet")
        total += len(lines)
    return total


def read(records: Iterable[UUID], today: date) -> pl.DataFrame:
    """Return the facts of these records and of every other record of their subjects, as they are at this moment."""
    subjects = RecordVersion.objects.filter(record_id__in=list(records)).values("record__subject_id")
    lines = list(_standing().filter(record__subject_id__in=subjects).values_list(*COLUMNS))
    return _table(lines, _around(today, [line[1] for line in lines]))


def _standing() -> Any:
    """Return the present versions a restoration could end; a subject whose key was destroyed has none."""
    present = RecordVersion.objects.filter(known_until=None, ended_at=None, nature="negative")
    return present.filter(record__subject__key__wrapped__isnull=False).order_by("pk")


def _chunks() -> Iterator[list[Line]]:
    """Yield the standing versions by key, so that no long read holds the database."""
    after = 0
    while lines := list(_standing().filter(pk__gt=after).values_list(*COLUMNS)[:CHUNK]):
        yield lines
        after = lines[-1][0]


def _around(today: date, records: list[UUID] | None = None) -> _Around:
    """Return what holds beside the records themselves; of marks and duties only those of ``records``, or all."""
    law = lawbook.current()
    months = law.integer("repair.false_material_bar_months", today)
    cancelled = Case.objects.filter(workflow=RESTORATION.name, state="cancelled", closed_at__isnull=False)
    ends = cancelled.order_by("closed_at").values_list("subject_ref", "closed_at")
    items = ItemVersion.objects.values_list("pk", "definition")
    these = {} if records is None else {"record_id__in": records}
    marks = Annotation.objects.filter(kind=Annotation.DISPUTED, until=None, **these)
    matters = Matter.objects.filter(kind=Matter.RESTORATION, open=True, **these)
    duties = confirmed.standing(records)
    return _Around(
        barred={subject: add_months(timezone.localtime(end).date(), months) for subject, end in ends},
        banning=frozenset(pk for pk, definition in items if definition.get("ban")),
        kinds_matter=bool(law.names("repair.excluded_kinds", today)),
        disputed=_records(marks),
        applied=_records(matters),
        performed=_records(duties),
    )


def _records(rows: Any) -> frozenset[UUID]:
    return frozenset(rows.values_list("record_id", flat=True))


def _table(lines: list[Line], around: _Around) -> pl.DataFrame:
    opened = _opened([line[0] for line in lines if around.kinds_matter or line[4] in around.banning])
    rows = []
    for pk, record, subject, authority, _item, national_class, nature, grade, opens, until, suspended in lines:
        kinds, ban = opened.get(pk, ((), None))
        marked = (record in around.disputed, record in around.applied)
        duty = True if record in around.performed else None
        listing = national_class == SERIOUS_LISTS
        head = (str(record), str(subject), authority, listing, nature, grade, opens, until, False, suspended)
        rows.append((*head, *marked, list(kinds), ban, around.barred.get(subject), duty))
    return pl.DataFrame(rows, schema=FACTS, orient="row")


def _opened(pks: list[int]) -> dict[int, tuple[tuple[str, ...], date | None]]:
    """Open what only the content says, for those records whose restoration can depend on it."""
    versions = RecordVersion.objects.filter(pk__in=pks).select_related("record__item", "record__subject__key")
    return {version.pk: (penalty_kinds(version), ban_until(version)) for version in versions}
