"""What the subject sees, always free: everything held, in plain words, and every read of it, with proof (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.disclosure import accesses
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.own_looks import who_looked as who_looked
from chengxin.disclosure.own_subject import NotYours as NotYours
from chengxin.disclosure.own_subject import own
from chengxin.disclosure.rows import OWN_SIGHT, full
from chengxin.disclosure.screening import trace
from chengxin.disclosure.shapes import RowShown
from chengxin.ledger import services as ledger
from chengxin.registry import hiding, hot, sourced
from chengxin.registry import looks as sources
from chengxin.registry import selectors as registry
from chengxin.registry.models import Mandate, Subject
from chengxin.registry.sealing import open_name
from chengxin.vault import services as vault


@dataclass(frozen=True, slots=True)
class Held:
    """One record as its subject sees it: in full, with why it is held, until when, and what can be done."""

    row: RowShown
    why: str
    derivation: tuple[dict[str, Any], ...]
    public_from: date | None
    public_until: date | None
    use_until: date | None
    restorable_from: date | None
    link_suspended: bool
    can_object: bool
    can_restore: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """One record that is hidden for a time: it is in no answer, and its subject sees why and by which case."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    authority_name: str
    decided_on: date
    cause: str
    case_no: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One record that its source took back: in no answer any more, its content with it; when and why remains."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    authority_name: str
    decided_on: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A subject's own file on a day; ``entry`` proves this very reading."""

    subject: UUID
    kind: str
    name: str = field(repr=False)
    held: tuple[Held, ...]
    hidden: tuple[Hidden, ...]
    taken_back: tuple[TakenBack, ...]
    as_of: date
    access: UUID
    entry: int


def read(subject_id: UUID, actor: User, *, now: datetime, today: date) -> OwnFile:
    """Return the subject's own file; the reading is itself committed to the ledger, and costs nothing."""
    subject = own(subject_id, actor)
    with transaction.atomic(durable=True):
        held = _held(subject, today)
        hidden = _hidden(subject, today)
        taken_back = _taken_back(subject)
        access, entry = _write(subject, actor, held, (*hidden, *taken_back), now)
    name = open_name(subject) if subject.kind == "person" else registry.present_name(subject)
    return OwnFile(subject.id, subject.kind, name, held, hidden, taken_back, today, access, entry)


def proof(access_id: UUID, actor: User, *, now: datetime) -> dict[str, Any]:
    """Return the receipt of one read, which anyone can check against a signed checkpoint.

    The leaf of a screening stands for its whole batch; ``look`` then shows that this read is one of it.
    """
    source = sources.one(access_id)
    if source is not None:
        own(source.subject_id, actor)
        return ledger.proof(source.entry_id, now=now)
    access = Access.objects.filter(pk=access_id, visible_from__lte=now).first()
    if access is None or access.subject_id is None:
        raise NotYours
    own(access.subject_id, actor)
    receipt = ledger.proof(access.entry_id, now=now)
    return {**receipt, "look": trace.evidence(access)} if trace.is_screening(access) else receipt


def _held(subject: Subject, today: date) -> tuple[Held, ...]:
    sealer = cache(lambda: vault.sealer_for(subject.key))
    derivations = {v.pk: (tuple(v.derivation), v.link_suspended) for v in registry.held(subject.id, today)}
    standing = {row.version: row for row in hot.standing(subject.id, today, suspended=True)}
    shown = full(standing.values(), sealer, OWN_SIGHT.clear)
    return tuple(
        _one(one, row, *derivations[row.version], today) for one, row in zip(shown, standing.values(), strict=True)
    )


def _one(
    shown: RowShown, row: hot.Standing, derivation: tuple[dict[str, Any], ...], suspended: bool, today: date
) -> Held:
    restorable = row.nature == "negative" and row.restorable_from is not None and row.restorable_from <= today
    return Held(
        row=shown,
        why=shown.basis,
        derivation=derivation,
        public_from=row.public_from,
        public_until=row.public_until,
        use_until=row.use_until,
        restorable_from=row.restorable_from,
        link_suspended=suspended,
        can_object=not shown.disputed,
        can_restore=restorable and not shown.under_repair,
    )


def _hidden(subject: Subject, today: date) -> tuple[Hidden, ...]:
    return tuple(
        Hidden(
            record=version.record_id,
            item=version.record.item.item.code,
            item_zh=version.record.item.name_zh,
            item_en=version.record.item.name_en,
            authority_name=version.authority_name,
            decided_on=version.document_date,
            cause=version.cause,
            case_no=version.cause_ref,
            since=version.known_from,
        )
        for version in hiding.hidden_of(subject.id, today)
    )


def _taken_back(subject: Subject) -> tuple[TakenBack, ...]:
    return tuple(
        TakenBack(
            record=version.record_id,
            item=version.record.item.item.code,
            item_zh=version.record.item.name_zh,
            item_en=version.record.item.name_en,
            authority_name=version.authority_name,
            decided_on=version.document_date,
            reason=reason,
            at=version.known_from,
        )
        for version, reason in sourced.taken_back_of(subject.id)
    )


def _write(
    subject: Subject, actor: User, held: tuple[Held, ...], others: Sequence[Hidden | TakenBack], now: datetime
) -> tuple[UUID, int]:
    roles = people.roles_of(actor)
    rows = [each.row for each in held]
    fields, shown = accesses.cut_of(rows)
    reading = accesses.Read(
        actor=actor,
        role=min(roles).value if roles else "",
        purpose=accesses.OWN_FILE,
        outcome=Outcome.ANSWERED,
        basis_kind="own",
        basis_ref=_on_whose_behalf(subject, actor),
        subject=subject.id,
        key=subject.key,
        records=(*(row.record for row in rows), *(each.record for each in others)),
        items=tuple(sorted({row.item for row in rows} | {each.item for each in others})),
        fields=fields,
        shown=shown,
    )
    return accesses.write(reading, now)


def _on_whose_behalf(subject: Subject, actor: User) -> str:
    """Return the capacity of somebody who reads for the person on a proof; such a read is not the person's own."""
    capacity = registry.capacity_of(actor, subject.id)
    return capacity if capacity in (Mandate.AGENT, Mandate.GUARDIAN, Mandate.RELATIVE) else ""
