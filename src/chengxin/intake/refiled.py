"""用文件重报: a row that was sent back comes again in another file, mended or not; it is counted once, where it is now.

It is known by the reference an annotated copy carries, by being the same, or by being the same in every cell in which
nothing was wrong. What is not sure is left alone: then both rows count, and nobody is told of a link there may not be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet

from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.intake import carried, confirmed
from chengxin.intake.admission import locked, recount
from chengxin.intake.carried import Known
from chengxin.intake.models import Mending, RowState, Submission, SubmissionRow
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reading import unseal
from chengxin.ledger import services as ledger
from chengxin.rules.workflow import next_state
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW
from chengxin.storage.bulk import insert_rows
from chengxin.vault import services as vault

_REFERENCE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,7})")
_FILES = 20
"""From how many earlier files the references of one file are followed, the most frequent first."""
_ASKED = 5_000
_READ, _KINDS = 20_000, 30
"""How many rows of an earlier file are opened to compare cells, and how many sets of faulty columns are tried."""
_COLUMNS = ("row_id", "root_id", "submission_id", "row_no", "changed")


@dataclass(frozen=True, slots=True)
class Again:
    """A row that was sent back, by its key, with its number in the file that came now and the changed headings."""

    row: int
    row_no: int
    changed: tuple[str, ...]


def reference(row: SubmissionRow) -> str:
    """Return how an annotated copy names a row."""
    return f"{row.submission_id}:{row.row_no}"


def besides(table: Table, known: Known) -> Callable[[Submission], None]:
    """Return what is done in the transaction that keeps a file: its rows take the place of those they were before."""
    return lambda fresh: _write(fresh, list(_found(fresh, table, known)))


def _found(fresh: Submission, table: Table, known: Known) -> Iterator[Again]:
    """Yield the earlier rows of the same agency and item that stand in this file again, each side once."""
    old, new = set[int](), set[int]()
    for ways in (_by_reference, _the_same, _alike):
        # Each way looks only at what the ways before it, which are surer, have left.
        for each in ways(fresh, table, known, new):
            if each.row not in old and each.row_no not in new:
                old.add(each.row)
                new.add(each.row_no)
                yield each


def _by_reference(fresh: Submission, table: Table, _known: Known, _taken: set[int]) -> Iterator[Again]:
    named: dict[UUID, dict[int, int]] = defaultdict(dict)
    for row_no, text in table.replaces:
        if told := _REFERENCE.fullmatch(text.strip()):
            named[UUID(told[1])][int(told[2])] = row_no
    most = sorted(named, key=lambda each: -len(named[each]))[:_FILES]
    own = Submission.objects.filter(pk__in=most, agency=fresh.agency, item__item=fresh.item.item)
    for earlier in own.select_related("key"):
        yield from _named(earlier, named[earlier.pk], table)


def _named(earlier: Submission, numbers: Mapping[int, int], table: Table) -> Iterator[Again]:
    cells = _Cells(table)
    for row in _returned(earlier).iterator():
        if row.row_no in numbers:
            before = dict(zip(earlier.headings, _opened(earlier, row), strict=False))
            yield Again(row.pk, numbers[row.row_no], cells.changed(numbers[row.row_no], before))


def _the_same(_fresh: Submission, _table: Table, known: Known, _taken: set[int]) -> Iterator[Again]:
    """Yield the rows that are the same in every cell, whatever is thought of them now."""
    for earlier, numbers in known.again:
        for pk, row_no in _returned(earlier).values_list("pk", "row_no").iterator():
            if row_no in numbers:
                yield Again(pk, numbers[row_no], ())


def _alike(_fresh: Submission, table: Table, known: Known, taken: set[int]) -> Iterator[Again]:
    """Yield the rows that differ only in cells in which something was wrong, where there is just one such pair."""
    free = table.frame.filter(~pl.col(ROW).is_in([*known.verdicts, *taken])).with_columns(
        pl.col(pl.String).fill_null("")
    )
    if free.is_empty():
        return
    for earlier, _basis in carried.earlier(known.shape):
        groups = _by_faults(earlier, len(table.headings), dict(known.again).get(earlier, {}))
        for faulty, rows in sorted(groups.items(), key=lambda each: -len(each[1]))[:_KINDS]:
            for row, row_no, before in _pairs(rows, faulty, free):
                now = free.filter(pl.col(ROW) == row_no).drop(ROW).row(0)
                changed = tuple(table.headings[at] for at in sorted(faulty) if now[at] != before[at])
                yield Again(row, row_no, changed)


def _by_faults(earlier: Submission, width: int, same: Mapping[int, int]) -> dict[frozenset[int], list[_Old]]:
    """Gather the opened rows of an earlier file that were sent back by the columns in which something was wrong."""
    codes = confirmed.columns_of(earlier, lawbook.layout(earlier.item.layout))
    groups: dict[frozenset[int], list[_Old]] = defaultdict(list)
    for row in _returned(earlier).order_by("row_no")[:_READ]:
        named = {each.get("field", "") for each in row.findings}
        faulty = frozenset(at for at, code in enumerate(codes) if code and code in named)
        cells = _opened(earlier, row) if faulty and row.row_no not in same else []
        if len(cells) == width:
            groups[faulty].append((row.pk, cells))
    return groups


def _pairs(rows: Sequence[_Old], faulty: frozenset[int], free: pl.DataFrame) -> Iterator[tuple[int, int, list[str]]]:
    """Yield key, row number now and former cells of rows that agree in all other columns with exactly one row."""
    on = [name for name in free.columns if name != ROW and int(name) not in faulty]
    if not on:
        return
    old = pl.DataFrame(
        {"pk": [pk for pk, _ in rows], **{name: [cells[int(name)] for _, cells in rows] for name in on}},
        schema={"pk": pl.Int64, **dict.fromkeys(on, pl.String)},
    )
    met = old.join(free, on=on, how="inner").select("pk", ROW)
    sure = met.filter((pl.len().over("pk") == 1) & (pl.len().over(ROW) == 1))
    cells = dict(rows)
    for pk, row_no in sure.iter_rows():
        yield pk, row_no, cells[pk]


_Old = tuple[int, list[str]]


class _Cells:
    """Finds cells of a table by row number."""

    def __init__(self, table: Table) -> None:
        self._headings, self._frame = table.headings, table.frame
        self._at = {row_no: at for at, row_no in enumerate(table.frame[ROW])}

    def changed(self, row_no: int, before: Mapping[str, str]) -> tuple[str, ...]:
        """Return the headings whose cells are not what they were; none when that can no longer be read."""
        if not before:
            return ()
        line = self._frame.drop(ROW).row(self._at[row_no])
        return tuple(h for h, cell in zip(self._headings, line, strict=True) if (cell or "") != before.get(h, ""))


def _returned(earlier: Submission) -> QuerySet[SubmissionRow]:
    return SubmissionRow.objects.filter(submission=earlier, state=RowState.RETURNED)


def _opened(earlier: Submission, row: SubmissionRow) -> list[str]:
    """Return the cells of a row, none when they were destroyed."""
    if row.sealed is None or earlier.key is None or earlier.key.wrapped is None:
        return []
    return unseal(vault.sealer_for(earlier.key), earlier.pk, row.row_no, bytes(row.sealed))[0]


def _write(fresh: Submission, found: Sequence[Again]) -> None:
    """Write down which rows came again, and count the files anew in which they were."""
    by_row = {each.row: each for each in found}
    touched = sorted(set(_each(by_row, "submission_id")))
    for each in touched:
        locked(each)
    # Asked again under the lock: somebody may have mended or confirmed a row meanwhile, and then that stands.
    standing = [by_row[pk] for pk in _each(by_row, "pk")]
    if not standing:
        return
    insert_rows(Mending, _COLUMNS, ((e.row, fresh.pk, fresh.pk, e.row_no, list(e.changed)) for e in standing))
    state = next_state(SUBMISSION_ROW, RowState.RETURNED, "mend", Role.SOURCE_CLERK)
    for some in _pieces([each.row for each in standing]):
        SubmissionRow.objects.filter(pk__in=some).update(state=state)
    for each in touched:
        recount(locked(each))
    public = {"agency": fresh.agency.uscc, "item": fresh.item.item.code, "rows": len(standing)}
    payload = {"submission": fresh.pk, "files": [str(each) for each in touched]}
    ledger.append("submission.refiled", payload, now=fresh.submitted_at, public=public)


def _each(rows: Mapping[int, Again], column: str) -> Iterator[Any]:
    """Yield a column of those of these rows that are still sent back."""
    for some in _pieces(list(rows)):
        yield from SubmissionRow.objects.filter(pk__in=some, state=RowState.RETURNED).values_list(column, flat=True)


def _pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), _ASKED):
        yield keys[start : start + _ASKED]
