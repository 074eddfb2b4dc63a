"""What goes into the gate and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import AnswerKind


class Refused(Refusal):
    """The gate said no; the refusal itself stands in the ledger under ``entry``."""

    code = "enquiry_refused"
    entry: int = 0


class ServiceRefused(Refusal):
    """The read could not be committed to the ledger, so nothing is answered (charter C09)."""

    code = "no_leaf_no_answer"

    def __init__(self) -> None:
        super().__init__(
            "查询留痕未能写入存证日志，按规定不予答复。请稍后重试；如持续出现，请联系平台运维。",
            "The read could not be committed to the ledger, so nothing is answered. Try again later.",
        )


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One question about one subject. ``code_kind`` is declared, never inferred from the number (charter C06).

    ``statute`` is the text of an article listed with the purpose (《…》第…条); it goes with ``matter_no``.
    ``matter`` is the kind of matter, by its code, where the purpose names those it may be used for.
    ``approval_id`` names a second person's approval; ``order_id`` and ``batch_id`` are set by the
    runners of orders and of batches of reports, never by a door.
    """

    actor: User
    purpose: str
    subject_kind: str
    code_kind: CodeKind
    code: str = field(repr=False)
    name: str = field(repr=False)
    authorisation_id: UUID | None = None
    statute: str = ""
    matter_no: str = ""
    reason: str = field(default="", repr=False)
    approval_id: UUID | None = None
    matter: str = ""
    order_id: UUID | None = None
    batch_id: UUID | None = None


@dataclass(slots=True)  # There are very many of them, and a frozen one takes three times as long to make.
class FieldShown:
    """One field of a record in an answer; ``masked`` tells that the value was cut."""

    code: str
    zh: str
    en: str
    value: str = field(repr=False)
    masked: bool


@dataclass(slots=True)
class RowShown:
    """One record in an answer. ``disputed``, ``under_repair`` and ``statement`` must be shown wherever the row is."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    basis: str
    nature: str
    grade: str
    authority_name: str
    authority_code: str
    document_no: str = field(repr=False)
    document_date: date
    public_until: date | None
    use_until: date | None
    disputed: bool
    under_repair: bool
    statement: str = field(repr=False)
    fields: tuple[FieldShown, ...] = field(repr=False)
    restorable_from: date | None = None


@dataclass(frozen=True, slots=True)
class SubjectShown:
    """The subject of an answer, by masked name and masked code."""

    kind: str
    name: str = field(repr=False)
    code_kind: CodeKind
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate gives back. ``hit`` answers yes-or-no purposes; ``rows`` stay empty unless the purpose needs them.

    ``disputed`` tells that at least one record behind the answer is disputed (charter C16).

    ``entry`` is the ledger entry that proves the read, ``access`` the row in the subject's own log.
    """

    access: UUID
    entry: int
    at: datetime
    as_of: date
    outcome: str
    purpose: str
    purpose_zh: str
    purpose_en: str
    kind: AnswerKind
    basis_kind: str
    basis_ref: str
    matter_no: str
    subject: SubjectShown
    hit: bool
    disputed: bool
    count: int | None
    rows: tuple[RowShown, ...] = ()
