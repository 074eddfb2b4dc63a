"""How a unit's own records look in an answer: personal values masked, cells by their place only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from chengxin.api.results import Change, Finding
from chengxin.intake import selectors, withdrawals


class OwnRecord(Schema):
    """A record the unit filed. ``document_no`` is empty for a person: it is sealed. ``number`` counts its versions.

    ``state`` is ``standing``, ``withdrawn`` by its source, or ``ended`` (over, hidden or erased).
    """

    id: UUID
    item: str
    subject_kind: str
    document_no: str
    document_date: date
    number: int
    state: str


class OwnRecords(Schema):
    """A page of records; an empty ``next_cursor`` ends the list."""

    items: list[OwnRecord]
    next_cursor: str


class Step(Schema):
    """A step of a calculation, and the provision it rests on."""

    zh: str
    en: str
    basis: str


class Withdrawal(Schema):
    """Why a record was taken back, by which day the law asks for it, and by how many days it was late.

    ``due_on`` is null where no law sets a time; ``made_at`` is null in a dry run.
    """

    reason: str
    decided_on: date | None
    made_at: datetime | None
    due_on: date | None
    days_late: int
    derivation: list[Step]


class FieldShown(Schema):
    """One field of a record as its source is shown it."""

    code: str
    zh: str
    en: str
    text: str
    masked: bool


class RecordShown(OwnRecord):
    """A record with its fields, and the withdrawal that stands on it."""

    fields: list[FieldShown]
    withdrawal: Withdrawal | None


class WithdrawalAnswer(OwnRecord):
    """The record after a withdrawal, or before it in a dry run. ``repeated``: done before, under the same key."""

    withdrawal: Withdrawal | None
    dry_run: bool
    repeated: bool


class Reinstated(OwnRecord):
    """The record after its withdrawal was undone. ``repeated``: done before, under the same key."""

    repeated: bool


class Corrected(Schema):
    """What a correction changes, and what the rules say to the row; ``ready`` tells whether they let it pass.

    ``number`` is the version compared in a dry run, and the new version once it is ``applied``. A repeated request
    (``repeated``) names no changes.
    """

    record: UUID
    number: int
    changes: list[Change]
    findings: list[Finding]
    ready: bool
    dry_run: bool
    applied: bool
    repeated: bool


class Cell(Schema):
    """Where in a file a field came from: the heading as it was sent, and the cell's address in a spreadsheet."""

    code: str
    zh: str
    en: str
    heading: str
    address: str


class Supplied(Schema):
    """A field that no cell held, and how the unit had confirmed that it be filled."""

    code: str
    zh: str
    en: str
    how_zh: str
    how_en: str


class Origin(Schema):
    """The file and row a version came from, its cells, what stood in for others, and what the check said about it."""

    submission: UUID
    filename: str
    sha256: str
    row_no: int
    cells: list[Cell]
    supplied: list[Supplied]
    findings: list[Finding]


class FieldName(Schema):
    """The name of a field."""

    zh: str
    en: str


class Version(Schema):
    """One version of a record: when it came to be, why, who made it, from which row, and in what words."""

    number: int
    at: datetime
    cause: str
    by: str
    note: str
    fields: list[FieldName]
    origin: Origin | None


class Repeat(Schema):
    """A row of a later file of the unit that met the record and changed nothing by itself."""

    submission: UUID
    row_no: int
    state: str


class Lineage(Schema):
    """A record with every version and every row that ever spoke of it."""

    record: UUID
    versions: list[Version]
    repeats: list[Repeat]


def own_record(version: Any) -> dict[str, Any]:
    """Return a record as its source's lists show it, without anything personal."""
    standing = "withdrawn" if version.cause == "withdrawn" else "ended"
    return {
        "id": version.record_id,
        "item": version.record.item.item.code,
        "subject_kind": version.record.subject.kind,
        "document_no": version.document_no,
        "document_date": version.document_date,
        "number": version.number,
        "state": "standing" if version.ended_at is None else standing,
    }


def standing_withdrawal(record: UUID) -> Any:
    """Return the withdrawal that stands on a record, or None."""
    return withdrawals.of_record(record)


def proposal(found: Any) -> dict[str, Any]:
    """Return a correction before it is made."""
    return {
        "record": found.version.record_id,
        "number": found.number,
        "changes": found.changes,
        "findings": selectors.findings_of(found.version.record.item, found.line.findings),
        "ready": bool(found.changes) and found.line.reading is not None,
    }


def lineage(found: Any, agency: UUID) -> dict[str, Any]:
    """Return the lineage of a record; which files another unit sent is not this one's to know."""
    own = [each for each in found.repeats if each.submission.agency_id == agency]
    repeats = [{"submission": r.submission.id, "row_no": r.row_no, "state": r.state} for r in own]
    return {
        "record": found.version.record_id,
        "versions": [_version(step) for step in found.steps],
        "repeats": repeats,
    }


def _version(step: Any) -> dict[str, Any]:
    return {
        "number": step.number,
        "at": step.at,
        "cause": step.cause,
        "by": step.by.display_name if step.by else "",
        "note": step.note,
        "fields": [{"zh": zh, "en": en} for zh, en in step.fields],
        "origin": _origin(step.origin) if step.origin else None,
    }


def _origin(origin: Any) -> dict[str, Any]:
    return {
        "submission": origin.submission.id,
        "filename": origin.submission.filename,
        "sha256": origin.submission.sha256,
        "row_no": origin.row_no,
        "cells": origin.cells,
        "supplied": origin.supplied,
        "findings": origin.findings,
    }
