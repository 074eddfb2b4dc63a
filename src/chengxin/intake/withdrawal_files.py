"""批量撤回: a table of document number, code and reason; every row is a withdrawal of its own, with its own answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.intake import filed, withdrawals
from chengxin.intake.filed import RecordUnknown
from chengxin.intake.models import Withdrawal
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.readers.read import read_table
from chengxin.intake.readers.spool import spooled
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.withdrawals import Ground, GroundMissing
from chengxin.registry.models import RecordVersion
from chengxin.registry.services import RecordNotOpen
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import fold_header
from chengxin.rules.text import normalise

HEADINGS: dict[str, tuple[str, ...]] = {
    "document": ("文号", "决定书文号", "行政处罚决定书文号", "document_no"),
    "code": ("主体代码", "统一社会信用代码", "证件号码", "subject_code"),
    "reason": ("撤回原因", "原因", "reason"),
    "instrument": ("撤销文书文号", "依据文书文号", "instrument_no"),
    "decided_on": ("撤销日期", "依据文书日期", "decided_on"),
    "note": ("说明", "理由", "note"),
}
_KNOWN = {fold_header(alias): name for name, aliases in HEADINGS.items() for alias in aliases}
_NEEDED = ("document", "code", "reason", "note")
# How many rows are looked up together.
_ASKED = 500


class WithdrawalColumns(FileRefused):
    """The table does not say which records are withdrawn, or why."""

    code = "withdrawal_columns"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: the record it named, withdrawn or not, and why not."""

    row_no: int
    record: UUID | None
    done: bool
    days_late: int
    refusal: Refusal | None


def withdraw_file(
    stream: IO[bytes], *, actor: User, now: datetime, today: date, dry_run: bool = False
) -> list[Outcome]:
    """Withdraw every record a file names and say what became of each row; the same file again changes nothing.

    Raises NotPermitted, FileRefused and WithdrawalColumns for the file as a whole. A dry run only looks.
    """
    check_may(actor, Permission.WITHDRAW_RECORDS)
    with spooled(stream) as upload:
        table = read_table(upload, lambda heading: fold_header(heading) in _KNOWN)
    told, rows, done = list[Outcome](), _rows(table), set[UUID]()
    while piece := list(islice(rows, _ASKED)):
        asked = [(cells.get("document", ""), cells.get("code", "")) for _, cells in piece]
        for (row_no, cells), found in zip(piece, filed.find_each(asked, actor=actor), strict=True):
            told.append(_outcome(row_no, cells, found, done, actor, now, today, dry_run))
    return told


def _rows(table: Table) -> Iterator[tuple[int, Mapping[str, str]]]:
    at = _columns(table.headings)
    numbers = table.frame[ROW].to_list()
    for row_no, line in zip(numbers, table.frame.drop(ROW).iter_rows(), strict=True):
        yield row_no, {name: normalise(line[place] or "") for name, place in at.items()}
    for uneven in table.uneven:
        yield uneven.row, {}


def _columns(headings: tuple[str, ...]) -> dict[str, int]:
    at = {_KNOWN[fold_header(h)]: place for place, h in enumerate(headings) if fold_header(h) in _KNOWN}
    missing = [HEADINGS[name] for name in _NEEDED if name not in at]
    if missing:
        raise WithdrawalColumns(
            f"缺少这些列：{'、'.join(names[0] for names in missing)}。请按撤回表的列名补齐后再上传；没有撤回任何记录。",
            f"Columns are missing: {', '.join(names[-1] for names in missing)}. Add them; nothing was withdrawn.",
        )
    return at


def _outcome(
    row_no: int,
    cells: Mapping[str, str],
    found: Sequence[RecordVersion],
    done: set[UUID],
    actor: User,
    now: datetime,
    today: date,
    dry_run: bool,
) -> Outcome:
    """Withdraw what was found for one row, or only look; ``done`` are the records that rows before it took back."""
    record: UUID | None = None
    try:
        record, ground = _record(found, done), _ground(cells)
        if dry_run:
            late = withdrawals.look(record, ground, actor=actor, today=today).days_late
        else:
            late = withdrawals.withdraw(record, ground, actor=actor, now=now, today=today).days_late
    except Refusal as refusal:
        return Outcome(row_no, record, False, 0, refusal)
    done.add(record)
    return Outcome(row_no, record, not dry_run, late, None)


def _record(found: Sequence[RecordVersion], done: Collection[UUID]) -> UUID:
    standing = [version for version in found if version.cause != "withdrawn" and version.record_id not in done]
    if len(standing) > 1:
        raise RecordUnknown(
            "这个文号和代码对应本单位的多条记录，无法确定是哪一条。请在记录页上逐条撤回。",
            "This number and code name several records of your agency. Withdraw them one by one on their pages.",
        )
    if found and not standing:
        raise RecordNotOpen("这条记录已经撤回，无需重复。", "This record is withdrawn already; nothing to do.")
    if not found:
        raise RecordUnknown(
            "没有找到这个文号和代码的记录，或者它不是本单位报送的。请核对这一行。",
            "No record with this number and code was filed by your agency. Check this row.",
        )
    return standing[0].record_id


def _ground(cells: Mapping[str, str]) -> Ground:
    words = {**{label: value for value, label in Withdrawal.Reason.choices}, **{v: v for v in Withdrawal.Reason.values}}
    text = cells.get("decided_on", "")
    try:
        decided_on = date.fromisoformat(text.replace("/", "-")) if text else None
    except ValueError:
        raise GroundMissing("日期请写成 2026-11-20 这样。", "Write the date like 2026-11-20.") from None
    return Ground(words.get(cells["reason"], ""), decided_on, cells.get("instrument", ""), cells["note"])
