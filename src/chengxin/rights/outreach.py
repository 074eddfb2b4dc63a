"""修复找人: every day, who may be restored now is found and told once, with a form that is filled in already.

A fast engine looks through the whole register; before a word goes out, the plain engine looks again at the few it
named, inside the transaction that tells them. A run that is killed goes on where it stopped and tells nobody twice.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chengxin.cases.models import Notice
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.engines.eligibility import duck, reference
from chengxin.engines.eligibility.tables import VERDICTS
from chengxin.registry.models import RecordVersion
from chengxin.rights import duties, duty, finding, register, unasked
from chengxin.rights.finding import Found
from chengxin.rights.models import DutyConfirmation, Outreach, OutreachRun, UnaskedEnding
from chengxin.rules.errors import Refusal

BATCH = 200
FOUND = (("eligible", ""), ("not", "under_way"))
"""The verdicts that count as found: open now, or open now with the subject's own application under way."""
TOLD = "told"
"""Nothing was left to do for a record, because its subject has been told before."""


class NoSuchEngine(Refusal):
    """There is no engine of that name."""

    code = "no_such_engine"


@dataclass(frozen=True)
class Tally:
    """What a run saw and did; ``becoming`` will open one day with nothing else changing."""

    records: int
    found: int
    becoming: int
    invited: int
    ended: int
    applied: int


Progress = Callable[[int, int], None]


def missing(today: date) -> bool:
    """Tell whether the search of a day has not been finished yet."""
    return not OutreachRun.objects.filter(pk=today, finished_at__isnull=False).exists()


def run(
    *, now: datetime, today: date, engine: str = "duckdb", progress: Progress | None = None, batch: int = BATCH
) -> Tally:
    """Find who may be restored today and tell those who have not been told; ``progress`` hears (done, all).

    Each batch is one transaction. Run it again, on the same day or after a kill, and it does only what is left.
    """
    began, _created = OutreachRun.objects.get_or_create(pk=today, defaults={"engine": engine, "started_at": now})
    with tempfile.TemporaryDirectory(prefix="chengxin-outreach-") as name:
        total = register.write(Path(name), today)
        verdicts = _decide(Path(name), engine, today) if total else pl.DataFrame(schema=VERDICTS)
    found = [UUID(record) for record, state, _day, reason in verdicts.iter_rows() if (state, reason) in FOUND]
    left, done = _left(found), Counter[str]()
    for start in range(0, len(left), batch):
        done.update(_tell(left[start : start + batch], now, today))
        if progress:
            progress(min(start + batch, len(left)), len(left))
    OutreachRun.objects.filter(pk=began.pk).update(engine=engine, records=total, finished_at=now)
    becoming = verdicts.filter(pl.col("state") == "becomes").height
    return Tally(total, len(found), becoming, *(done[way] for way, _name in Outreach.WAYS))


def _decide(folder: Path, engine: str, today: date) -> pl.DataFrame:
    source, law = str(folder / "facts-*.parquet"), lawbook.current()
    if engine == "reference":
        return reference.decide(pl.read_parquet(source), law, today)
    if engine != "duckdb":
        raise NoSuchEngine("没有这个计算引擎，可选 duckdb 或 reference。", "Choose the engine duckdb or reference.")
    duck.decide_files(source, folder / "verdicts.parquet", law, today, spill=folder)
    return pl.read_parquet(folder / "verdicts.parquet").sort("record")


def _left(found: Sequence[UUID]) -> list[UUID]:
    """Return those nobody has been told about, and the minor ones whose duty was confirmed after they were."""
    told, ended = _among(found, Outreach), _among(found, UnaskedEnding)
    confirmed = _among(found, duties.standing())
    return [record for record in found if record not in told or record in confirmed - ended]


def _among(found: Sequence[UUID], rows: type[Outreach | UnaskedEnding] | QuerySet[DutyConfirmation]) -> set[UUID]:
    """Return which of these records have a row in a table, asked in pieces that a database takes."""
    asked = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    pieces = (found[start : start + register.CHUNK] for start in range(0, len(found), register.CHUNK))
    return {each for piece in pieces for each in asked.filter(pk__in=piece).values_list("pk", flat=True)}


def _tell(batch: Sequence[UUID], now: datetime, today: date) -> Counter[str]:
    """Tell the subjects of a batch in one transaction, having looked again at each record in it."""
    with transaction.atomic():
        # The oldest run's row is the lock of every run, so that two of them never tell the same person.
        OutreachRun.objects.select_for_update().order_by("day").first()
        return Counter(_act(each, now, today) for each in _seen_again(batch, today))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record the plain engine still finds; ``told`` before, ``under_way`` by its subject's own application."""

    found: Found
    told: bool
    under_way: bool
    duty: DutyConfirmation | None


def _seen_again(batch: Sequence[UUID], today: date) -> Iterator[_Seen]:
    told = _among(batch, Outreach)
    confirmed = duties.of(batch)
    present = RecordVersion.objects.filter(record_id__in=batch, known_until=None)
    present = present.select_related("record__item", "record__subject__key")
    versions = {str(version.record_id): version for version in present}
    verdicts = reference.decide(register.read(batch, today), lawbook.current(), today)
    for name, state, day, reason in verdicts.iter_rows():
        if name in versions and (state, reason) in FOUND:
            record = versions[name].record_id
            yield _Seen(Found(versions[name], day), record in told, reason == "under_way", confirmed.get(record))


def _act(seen: _Seen, now: datetime, today: date) -> str:
    """Do for one record what is left to do and say what it was."""
    record = seen.found.version.record_id
    if seen.duty and not seen.under_way and unasked.end_if_due(record, now=now, today=today):
        return Outreach.ENDED
    if seen.told:
        return TOLD
    way, notice = (Outreach.APPLIED, None) if seen.under_way else (Outreach.INVITED, _invite(seen, now))
    finding.write(seen.found, way, notice, now=now, today=today)
    return way


def _invite(seen: _Seen, now: datetime) -> Notice:
    version = seen.found.version
    body = _(
        "“%(item)s”（%(authority)s作出）自 %(day)s 起可以申请信用修复。"
        "申请表已经为您填好：点开本信，核对两项确认后提交即可。"
        "%(duty)s免费办理，不需要中介。"
    ) % {
        "item": version.record.item.name_zh,
        "authority": version.authority_name,
        "day": seen.found.eligible_on.isoformat(),
        "duty": _duty_sentence(seen.duty),
    }
    link = f"/mine/records/{version.record_id}/restoration/"
    return serve_notice(version.record.subject_id, "repair_open", _("您有一条记录可以修复了"), body, now=now, link=link)


def _duty_sentence(known: DutyConfirmation | None) -> str:
    if known is None:
        return _("提交前请写明义务履行完毕的日期；尚未履行完毕的，履行以后再提交。")
    return _confirmed(known) + _("不需要再交证明。")


def _confirmed(known: DutyConfirmation) -> str:
    day = known.performed_on.isoformat()
    return _("%(agency)s已确认义务于 %(day)s 全部履行。") % {"agency": known.agency.name_zh, "day": day}


def prefilled(record_id: UUID) -> dict[str, Any]:
    """Return what the platform can fill into the application by itself: the duty its authority has confirmed."""
    known = duty.of(record_id)
    return {"duty_performed_on": known.performed_on, "duty_text": _confirmed(known)} if known else {}
