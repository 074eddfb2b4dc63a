"""窗口查看: a counter officer sees what is held about somebody present, masked; the person sees the look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.catalogue import lawbook
from chengxin.disclosure import accesses, policies
from chengxin.disclosure.models import Outcome
from chengxin.disclosure.rows import CODE_TAIL, OPEN_CLASSES, full
from chengxin.disclosure.shapes import RowShown
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.registry.sealing import open_name
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.identifiers.verdict import Outcome as Verdict
from chengxin.vault import services as vault

PURPOSE = "counter_service"


class NoFileHere(Refusal):
    """No file bears this certificate and this name; which of the two does not agree is never said."""

    code = "no_file_at_counter"


@dataclass(frozen=True, slots=True)
class Standing:
    """One record of the person at the counter, and from when it can be restored."""

    row: RowShown
    restorable_from: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What an officer sees of the person at the counter: a masked name and the records, numbers masked."""

    kind: str
    name: str
    held: tuple[Standing, ...]
    access: UUID
    entry: int


def find(kind: CodeKind, number: str, name: str, *, officer: User, now: datetime) -> UUID:
    """Return the subject with this declared certificate and name; a look that finds nobody is written down too."""
    check_may(officer, Permission.ASSIST_AT_COUNTER)
    verdict = check(kind, number)
    found = None if verdict.outcome is Verdict.WRONG else hot.find(kind, verdict.normalised, name, officer.pk)
    if found is None:
        _write(officer, Outcome.NO_FILE, now)
        raise NoFileHere(
            "没有与所报证件类型、号码和姓名（名称）都一致的档案。请核对原件；如仍不一致，说明没有该主体的档案。",
            "No file bears this kind, number and name. Check the original; if they agree, there is no file.",
        )
    agency = officer.agency
    if found.own or (agency is not None and found.uscc == agency.uscc):
        raise policies.refused("own_file" if found.own else "own_unit")
    return found.id


def look(subject_id: UUID, visit_number: str, *, officer: User, now: datetime, today: date) -> Seen:
    """Return what is held about the person at the counter; written to their own log in the same transaction (C09)."""
    check_may(officer, Permission.ASSIST_AT_COUNTER)
    subject = registry.subject(subject_id)
    assert subject is not None
    rows = hot.standing(subject_id, today, suspended=True)
    shown = full(rows, cache(lambda: vault.sealer_for(subject.key)), OPEN_CLASSES | {CODE_TAIL})
    with transaction.atomic():
        access, entry = _write(
            officer, Outcome.ANSWERED, now, subject=subject_id, key=subject.key, matter=visit_number, rows=shown
        )
    name = masks.name(open_name(subject)) if subject.kind == "person" else registry.present_name(subject)
    held = (Standing(row, each.restorable_from) for row, each in zip(shown, rows, strict=True))
    return Seen(subject.kind, name, tuple(held), access, entry)


def _write(
    officer: User,
    outcome: Outcome,
    now: datetime,
    *,
    subject: UUID | None = None,
    key: vault.DataKey | None = None,
    matter: str = "",
    rows: tuple[RowShown, ...] = (),
) -> tuple[UUID, int]:
    fields, shown = accesses.cut_of(rows)
    purpose = lawbook.purpose(PURPOSE, now.date())
    reading = accesses.Read(
        actor=officer,
        role=Role.CENTRE_OPERATOR.value,
        purpose=PURPOSE,
        outcome=outcome,
        basis_kind="statute",
        basis_ref=str(purpose.basis[0]),
        matter_no=matter,
        subject=subject,
        key=key,
        records=tuple(row.record for row in rows),
        items=tuple(sorted({row.item for row in rows})),
        fields=fields,
        shown=shown,
    )
    with transaction.atomic():
        return accesses.write(reading, now)
