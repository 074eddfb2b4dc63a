"""沿用上次结论: rows that are sent again unchanged keep the verdict they have; only the others are judged.

A row is the same when every cell under the same headings is, told by a keyed digest. It keeps its verdict while the
law and the mapping of columns are those of that day, and the verdict hangs on nothing but the row itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import count, islice
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import polars as pl
from django.utils import timezone

from chengxin.catalogue import lawbook
from chengxin.intake import confirmed, reasons, recurrences, rulebook
from chengxin.intake.models import Carried, Recurrence, RowDigests, RowState, Submission, SubmissionRow, Withdrawal
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reading import seal
from chengxin.intake.reasons import Stored
from chengxin.registry.models import RecordVersion
from chengxin.storage.bulk import insert_rows, next_ids
from chengxin.vault import services as vault

Each = TypeVar("Each")
LOOKED_AT = 3
"""How many earlier files of the same headings a file is compared with."""
_PIECE, _WIDTH = 50_000, 20
_ASKED = 5_000
_AT_A_TIME = 20_000
_COLUMNS = ("id", "submission_id", "row_no", "state", "findings", "sealed", "fingerprint")
# What these say can be otherwise next time although the row is the same: days go by, other rows and records change.
_MAY_CHANGE = frozenset({"date.future", "date.order", "person.minor", "row.shifted", "subject.not_the_same"})
_OF_OTHERS = ("file.", "record.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row keeps: the row it is the same as, state, findings, digest, and the record it is, if it is one."""

    kept: int
    state: str
    findings: list[Stored]
    fingerprint: str
    record: UUID | None


@dataclass(frozen=True)
class Known:
    """What is known of a file before it is judged: verdicts by row number, and how its rows will be known again.

    ``packed`` holds twenty bytes a row: its number and the digest of its cells, since a long file has very many.
    ``anew`` are rows that were sent before and are judged again, because law or mapping changed; ``days`` are those on
    which the files came whose verdicts are kept. ``again`` are the earlier files with their rows that stand in this one
    as they are, as row numbers then and now.
    """

    shape: str
    basis: str
    packed: bytes
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    anew: int = 0
    days: tuple[date, ...] = ()
    again: tuple[tuple[Submission, dict[int, int]], ...] = ()

    def notes(self) -> list[Stored]:
        """Say how many rows keep their verdict, and how many that were sent before do not."""
        days = "、".join(day.isoformat() for day in self.days)
        kept = [reasons.stored("file.carried", limit=str(len(self.verdicts)), other=days)] if self.verdicts else []
        return [*kept, *([reasons.stored("file.judged_anew", limit=str(self.anew))] if self.anew else [])]

    def counted(self, counts: dict[str, Any]) -> dict[str, Any]:
        """Return counts of a file with the rows that keep their verdict."""
        if not self.verdicts:
            return counts
        states, codes = dict(counts), dict(counts["by_code"])
        for verdict in self.verdicts.values():
            states[verdict.state] += 1
            for found in verdict.findings:
                codes[found["code"]] = codes.get(found["code"], 0) + 1
        states["received"] += len(self.verdicts)
        return {**states, "by_code": codes, "carried": len(self.verdicts)}


def find(fresh: Submission, table: Table, today: date) -> Known:
    """Look for the rows of a file among those of the newest files of the same agency, item and headings."""
    shape, basis = _shape(fresh, table), _basis(fresh, table, today)
    packed = b"".join(_packed(shape, table))
    left, verdicts, anew, days = _digests(packed), dict[int, Verdict](), 0, list[date]()
    again = []
    for before, told in earlier(shape):
        same = _met(left, before)
        left, met = left.join(same, on="row", how="anti"), dict(same.select("row", "old").rows())
        if told != basis:
            anew += len(met)
        elif found := _verdicts(before, met):
            verdicts.update(found)
            days.append(timezone.localdate(before.submitted_at))
        again.append((before, {old: new for new, old in met.items()}))
    return Known(shape, basis, packed, verdicts, anew, tuple(days), tuple(again))


def write(submission: Submission, table: Table, known: Known) -> None:
    """Write down the rows that keep their verdict, with whose it is, and how all rows will be known again."""
    size = _PIECE * _WIDTH
    for number, start in enumerate(range(0, len(known.packed), size), 1):
        piece = known.packed[start : start + size]
        RowDigests(submission=submission, number=number, shape=known.shape, basis=known.basis, packed=piece).save(
            force_insert=True
        )
    same = table.frame.filter(pl.col(ROW).is_in(list(known.verdicts)))
    for start in range(0, same.height, _ASKED):
        _write(submission, same[start : start + _ASKED], known.verdicts)


def _write(submission: Submission, same: pl.DataFrame, verdicts: dict[int, Verdict]) -> None:
    assert submission.key is not None
    sealer, numbers = vault.sealer_for(submission.key), same[ROW].to_list()
    rows = list(zip(next_ids(SubmissionRow._meta.db_table, len(numbers)), numbers, same.drop(ROW).rows(), strict=True))
    insert_rows(
        SubmissionRow,
        _COLUMNS,
        (
            (pk, submission.id, no, v.state, v.findings, seal(sealer, submission.id, no, raw, ""), v.fingerprint)
            for pk, no, raw in rows
            for v in (verdicts[no],)
        ),
    )
    insert_rows(Carried, ("row_id", "kept_id"), ((pk, verdicts[no].kept) for pk, no, _ in rows))
    met = [(pk, record) for pk, no, _ in rows if (record := verdicts[no].record)]
    insert_rows(Recurrence, ("row_id", "record_id"), met)


def _shape(fresh: Submission, table: Table) -> str:
    told = [fresh.agency.uscc, fresh.item.item.code, *table.headings]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _basis(fresh: Submission, table: Table, today: date) -> str:
    """Return a digest of what a verdict hangs on beside the row: item, table, rules in force and confirmed columns."""
    layout = lawbook.layout(fresh.item.layout, today)
    context = rulebook.context_on(layout, today)
    mapping = confirmed.in_force(fresh.agency, fresh.item.item, table.headings, layout)
    rules = {code: asdict(rule) for code, rule in context.rules.items()}
    told = [fresh.item.pk, asdict(layout), rules, context.publish_workdays, mapping and asdict(mapping)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)


def _packed(shape: str, table: Table) -> Iterator[bytes]:
    """Yield row numbers with the digests of their cells, under a key that belongs to the shape, some rows at a time."""
    key = bytes.fromhex(vault.blind_index("intake_same_row", shape))
    for some in table.frame.iter_slices(_AT_A_TIME):
        numbers = some[ROW].cast(pl.UInt32).to_numpy().astype(">u4").tobytes()
        yield b"".join(
            numbers[at : at + 4] + hashlib.blake2b(text.encode(), digest_size=16, key=key).digest()
            for at, text in zip(count(step=4), _whole(some), strict=False)
        )


def _whole(some: pl.DataFrame) -> pl.Series:
    """Return each row as one text; with the lengths of the cells before them, no two rows come to the same text."""
    texts = some.drop(ROW).select(pl.all().fill_null(""))
    lengths = [pl.col(name).str.len_bytes().cast(pl.String) for name in texts.columns]
    return texts.select(pl.concat_str([*lengths, *texts.columns], separator="\x1f")).to_series()


def _digests(packed: bytes) -> pl.DataFrame:
    """Return row numbers and the two halves of their digests; as columns a million of them take twenty megabytes."""
    told = np.frombuffer(packed, dtype=[("row", ">u4"), ("first", "<u8"), ("last", "<u8")])
    return pl.DataFrame(
        {name: told[name].astype(kind) for name, kind in (("row", "u4"), ("first", "u8"), ("last", "u8"))}
    )


def earlier(shape: str) -> list[tuple[Submission, str]]:
    """Return the newest files of a shape, the newest first, each with what its verdicts hang on beside the rows."""
    found = RowDigests.objects.filter(shape=shape, number=1, submission__state=Submission.State.ADMITTED)
    newest = (
        found.select_related("submission__agency", "submission__item__item", "submission__key")
        .defer("packed")
        .order_by("-pk")[:LOOKED_AT]
    )
    return [(each.submission, each.basis) for each in newest]


def _met(rows: pl.DataFrame, earlier: Submission) -> pl.DataFrame:
    """Return the rows that stand in an earlier file too, in order, with the number of the first such row there."""
    pieces = RowDigests.objects.filter(submission=earlier).order_by("number").values_list("packed", flat=True)
    before = pl.concat([_digests(bytes(packed)) for packed in pieces]).rename({"row": "old"})
    once = before.unique(["first", "last"], keep="first", maintain_order=True)
    return rows.join(once, on=["first", "last"], how="inner", maintain_order="left")


def _verdicts(earlier: Submission, met: dict[int, int]) -> dict[int, Verdict]:
    """Return the verdicts that still hold, by the row number in the file that came now."""
    found: dict[int, Verdict] = {}
    for some in _pieces(met.items(), _ASKED):
        judged = _judged(earlier, [old for _, old in some])
        found.update({new: judged[old] for new, old in some if old in judged})
    return found


def _judged(earlier: Submission, numbers: Sequence[int]) -> dict[int, Verdict]:
    rows = SubmissionRow.objects.filter(submission=earlier, row_no__in=numbers)
    told = rows.values_list(
        "pk", "row_no", "state", "findings", "fingerprint", "admission__record_id", "recurrence__record_id"
    )
    found: dict[int, Verdict] = {}
    for pk, row_no, state, findings, digest, record, met in told:
        if state == RowState.RETURNED and met is None and not _may_change(findings):
            found[row_no] = Verdict(pk, RowState.RETURNED.value, findings, "", None)
        elif state in (RowState.ADMITTED, RowState.DUPLICATE) and (record or met):
            exists = [reasons.stored(recurrences.SAME)]
            found[row_no] = Verdict(pk, RowState.DUPLICATE.value, exists, digest, record or met)
    return _still_true(found)


def _pieces(things: Iterable[Each], size: int) -> Iterator[tuple[Each, ...]]:
    source = iter(things)
    while piece := tuple(islice(source, size)):
        yield piece


def _may_change(findings: Sequence[Stored]) -> bool:
    return any(each["code"] in _MAY_CHANGE or each["code"].startswith(_OF_OTHERS) for each in findings)


def _still_true(found: dict[int, Verdict]) -> dict[int, Verdict]:
    """Leave out rows whose record says something else by now, has ended or was taken back."""
    records = {verdict.record for verdict in found.values() if verdict.record}
    said = recurrences.fingerprints(records)
    standing = RecordVersion.objects.filter(record_id__in=records, known_until=None, ended_at=None)
    sound = set(standing.values_list("record_id", flat=True))
    sound -= set(Withdrawal.objects.filter(record_id__in=records, undone_at=None).values_list("record_id", flat=True))
    return {
        row_no: verdict
        for row_no, verdict in found.items()
        if verdict.record is None or (verdict.record in sound and said.get(verdict.record) == verdict.fingerprint)
    }
