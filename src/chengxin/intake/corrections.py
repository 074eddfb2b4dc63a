"""更正: the source puts other values into a record it filed; they pass the same rules, and every change is shown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.cases import services as cases
from chengxin.catalogue import lawbook
from chengxin.intake import filed, receiving
from chengxin.intake.checking import check
from chengxin.intake.column_faults import ColumnsRefused
from chengxin.intake.models import Correction, Submission, SubmissionRow
from chengxin.intake.readers.table import build
from chengxin.intake.reading import Reading, fingerprinter
from chengxin.intake.receiving import Line
from chengxin.ledger import services as ledger
from chengxin.registry import sourced
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Draft
from chengxin.registry.models import RecordVersion
from chengxin.registry.services import RecordNotOpen
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Field, Layout, Role
from chengxin.vault import services as vault
from chengxin.vault.services import Place

# Without these a record would be another one.
LOCKED = frozenset(
    {
        *(Role.SUBJECT_KIND, Role.SUBJECT_NAME, Role.SUBJECT_USCC, Role.PERSON_CERTIFICATE, Role.PERSON_NUMBER),
        *(Role.DOCUMENT_NO, Role.AUTHORITY_CODE),
    }
)


class NothingChanges(Refusal):
    """The values are those that stand already."""

    code = "nothing_changes"


class CorrectionNotInOrder(Refusal):
    """The corrected row does not pass the rules, or does not say why it is corrected."""

    code = "correction_not_in_order"


class RecordMoved(Refusal):
    """Somebody changed the record after its differences were shown."""

    code = "record_moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, both masked as its class asks; ``masked`` says that something is hidden."""

    code: str
    zh: str
    en: str
    before: str
    after: str
    masked: bool


@dataclass(frozen=True, slots=True)
class Editable:
    """One field of the form: its present text ("" where it is sealed), and the values it may take, if they are listed.

    ``sealed`` says that a value stands which is not shown; an empty answer leaves it as it is.
    """

    code: str
    zh: str
    en: str
    text: str
    sealed: bool
    choices: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Proposal:
    """A correction before it is confirmed: what changes, and what the rules say to the row as a whole.

    ``number`` is the version it was compared with; ``line.reading`` is None when the rules keep the row out.
    """

    version: RecordVersion
    changes: tuple[Change, ...]
    line: Line

    @property
    def number(self) -> int:
        """The version that was compared."""
        return self.version.number


def form(record_id: UUID, *, actor: User) -> list[Editable]:
    """Return the fields a correction may change; raises NotPermitted, RecordUnknown, OwnFile, RecordNotOpen."""
    version = _open(record_id, actor)
    content = filed.content_of(version)
    return [_editable(field, filed.as_text(content.get(field.code))) for field in open_fields(_layout(version))]


def open_fields(layout: Layout) -> list[Field]:
    """Return the fields of a layout that a correction may change."""
    return [field for field in layout.fields if field.role not in LOCKED]


def propose(record_id: UUID, texts: Mapping[str, str], *, actor: User, today: date) -> Proposal:
    """Compare new texts by field code with a record and check the whole row by the rules in force; store nothing.

    Raises CorrectionNotInOrder when the values stand in the wrong fields.
    """
    version = _open(record_id, actor)
    layout, content = _layout(version), filed.content_of(version)
    cells = {field.code: filed.as_text(content.get(field.code)) for field in layout.fields}
    for field in open_fields(layout):
        text = texts.get(field.code, cells[field.code]).strip()
        if text or not hidden(field, cells[field.code]):
            cells[field.code] = text
    line = _checked(version, cells, actor, today)
    after = {**line.reading.clear, **line.reading.personal} if line.reading else cells
    return Proposal(version, changes(layout, content, after), line)


def correct(
    record_id: UUID, texts: Mapping[str, str], note: str, *, number: int, actor: User, now: datetime, today: date
) -> Correction:
    """Put new values into a record; ``number`` is the version whose differences were shown.

    Raises NothingChanges, CorrectionNotInOrder, RecordMoved and what ``propose`` raises. Its subject is told.
    """
    with transaction.atomic():
        proposal = propose(record_id, texts, actor=actor, today=today)
        if proposal.line.reading is None:
            raise CorrectionNotInOrder(
                "改后的内容不符合校验规则，没有保存。请按提示改正。",
                "The corrected content does not pass the rules; nothing was saved. Mend what is named.",
            )
        reading = proposal.line.reading
        return apply(proposal.version, reading, note, number=number, row=None, actor=actor, now=now, today=today)


def apply(
    version: RecordVersion,
    reading: Reading,
    note: str,
    *,
    number: int,
    row: SubmissionRow | None,
    actor: User,
    now: datetime,
    today: date,
) -> Correction:
    """Write a checked reading over a record in the caller's transaction: new version, leaf, notice to the subject."""
    found = changes(_layout(version), filed.content_of(version), {**reading.clear, **reading.personal})
    _check(version, found, note, number)
    identifier = uuid.uuid4()
    after = sourced.replace(version.record_id, _draft(version, reading, today), ref=str(identifier), now=now)
    assert actor.agency is not None
    made = Correction.objects.create(
        id=identifier,
        record_id=version.record_id,
        number=after.number,
        row=row,
        agency=actor.agency,
        made_by=actor,
        made_at=now,
        fields=[change.code for change in found],
        fingerprint=fingerprinter()(reading.canonical()),
        sealed=vault.seal(version.record.subject.key, note.strip().encode(), _place(identifier)),
    )
    payload = {"correction": made.pk, "record": version.record_id, "actor": actor.pk}
    ledger.append("record.corrected", payload, now=now, public={"agency": actor.agency.uscc, "fields": len(found)})
    _tell(version, found, actor.agency.name_zh, now)
    return made


def changes(layout: Layout, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the fields in which two contents differ, in the layout's order, personal values masked."""
    pairs = [(f, filed.as_text(before.get(f.code)), filed.as_text(after.get(f.code))) for f in layout.fields]
    return tuple(_change(field, old, new) for field, old, new in pairs if old != new)


def note_of(made: Correction, version: RecordVersion) -> str:
    """Return the words of the clerk; raises Erased."""
    return vault.open_sealed(version.record.subject.key, bytes(made.sealed), _place(made.pk)).decode()


def hidden(field: Field, text: str) -> bool:
    """Tell whether a value stands that its source is not shown in full."""
    return filed.show(field, text).masked


def _open(record_id: UUID, actor: User) -> RecordVersion:
    version = filed.own(record_id, Permission.CORRECT_RECORDS, actor=actor)
    if version.ended_at is not None:
        raise RecordNotOpen(
            "该记录已终止或暂停展示，不能更正。", "The record has ended or is hidden; it cannot be corrected."
        )
    return version


def _layout(version: RecordVersion) -> Layout:
    return lawbook.layout(version.record.item.layout)


def _editable(field: Field, text: str) -> Editable:
    sealed = hidden(field, text)
    listed = () if field.open_prefix or field.type.value != "choice" else tuple(c.value for c in field.choices)
    kind = "textarea" if field.length > 500 else "text"
    return Editable(field.code, field.zh, field.en, "" if sealed else text, sealed, listed, kind)


def _checked(version: RecordVersion, cells: Mapping[str, str], actor: User, today: date) -> Line:
    """Send one row through the check every file goes through."""
    rows = iter([(1, tuple(cells)), (2, tuple(cells.values()))])
    item = version.record.item
    transient = Submission(agency=actor.agency, item=item)
    try:
        return next(receiving.lines(check(build("form", "", rows), item, today), transient, today))
    except ColumnsRefused:
        raise CorrectionNotInOrder(
            "改后的内容像是填错了栏：与相邻的栏错开或对调了，没有保存。请逐栏核对后再填。",
            "The new values seem to stand in the wrong fields, beside their own; nothing was saved. Check every field.",
        ) from None


def _check(version: RecordVersion, found: tuple[Change, ...], note: str, number: int) -> None:
    if version.number != number:
        raise RecordMoved(
            "这条记录在您核对之后有了变动。请重新核对差异后再确认。",
            "The record changed after you looked at the differences. Look again, then confirm.",
        )
    if not found:
        raise NothingChanges(
            "内容与已入库的记录相同，无需更正。", "The content is what stands already; nothing to correct."
        )
    if not note.strip():
        raise CorrectionNotInOrder("请写明更正的理由。", "Say why the record is corrected.")


def _draft(version: RecordVersion, reading: Reading, today: date) -> Draft:
    record, decided = version.record, date.fromisoformat(reading.document_date)
    assessed = assess(
        record.item,
        record.subject.kind,
        {**reading.clear, **reading.personal},
        document_date=decided,
        authority_name=reading.authority_name,
        publicised_on=sourced.publicised_on(version),
        on=today,
    )
    return Draft(
        record.subject,
        record.item,
        reading.document_no,
        decided,
        reading.authority_code,
        reading.authority_name,
        record.evidence,
        assessed,
        reading.clear,
        reading.personal,
    )


def _change(field: Field, old: str, new: str) -> Change:
    before, after = filed.show(field, old), filed.show(field, new)
    return Change(field.code, field.zh, field.en, before.text, after.text, before.masked or after.masked)


def _place(identifier: UUID) -> Place:
    return Place("intake_correction", "sealed", str(identifier))


def _tell(version: RecordVersion, found: tuple[Change, ...], agency: str, now: datetime) -> None:
    body = _(
        "“%(item)s”这条记录由%(agency)s更正，改动的内容：%(fields)s。可在“我的档案”查看；如有异议，可直接提出。"
    ) % {
        "item": version.record.item.name_zh,
        "agency": agency,
        "fields": "、".join(change.zh for change in found),
    }
    title = _("一条关于您的记录已由报送单位更正")
    cases.serve_notice(version.record.subject_id, "record_corrected", title, body, now=now, link="/mine/")
