"""The gate of screening: who asks, for which matter, on which basis; whose files; and the leaf, in one transaction.

No leaf, no answer (charter C09). A refused request is committed before it is refused, with everyone it was about.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from uuid import UUID

from django.db import transaction

from chengxin.accounts import selectors as accounts
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.disclosure import policies
from chengxin.disclosure.models import Outcome
from chengxin.disclosure.screening import hits, trace
from chengxin.disclosure.screening.matching import NOT_FOUND, Looked, files_of, look
from chengxin.disclosure.screening.shapes import Reply, Result, Screening
from chengxin.disclosure.shapes import Enquiry, Refused, ServiceRefused
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground, Purpose
from chengxin.rules.screening import Matter, Status

logger = logging.getLogger(__name__)

BATCH_MOST = "screening.batch_most"
OVERDUE_WARNING = "screening.overdue_warning"
_REFUSED, _ANSWERED = Outcome.REFUSED.value, Outcome.ANSWERED.value
_OUTCOMES = {Status.NEEDS_CODE: _REFUSED, Status.NOT_USABLE: _REFUSED, Status.REFUSED: _REFUSED}
_NO_FILE = trace.Line(None, Outcome.NO_FILE.value)


@dataclass(frozen=True, slots=True)
class _Admitted:
    asked: Screening
    agency: UUID
    matter: Matter
    purpose: Purpose
    role: Role
    statute: str


def ask(asked: Screening, *, now: datetime, today: date) -> Reply:
    """Answer a screening, or raise Refused (committed) or ServiceRefused (nothing could be committed).

    Must be called outside any transaction: the answer is given only after the leaf is durable.
    """
    try:
        with transaction.atomic(durable=True):
            return _answer(_admit(asked, today), now, today)
    except Refused as refusal:
        _commit_refusal(asked, refusal, now, today)
        raise
    except Exception as fault:  # Whatever it was, the leaf is not durable, and so nothing is answered.
        raise _service_refused(fault) from None


def _service_refused(fault: Exception) -> ServiceRefused:
    """Log what kind of fault it was and nothing of what it says, which may hold a value (charter C27)."""
    logger.error("a screening was not answered: %s", type(fault).__name__)
    return ServiceRefused()


def _admit(asked: Screening, today: date) -> _Admitted:
    roles = accounts.roles_of(asked.actor)
    policies.check_may_ask(asked.actor, roles)
    agency = asked.actor.agency
    if agency is None:
        raise policies.refused("not_permitted")
    matter = _matter(asked.matter, today)
    purpose = policies.purpose_for(matter.purpose, roles, agency, today)
    policies.check_matter(asked.matter_no)
    statute = policies.check_statute(purpose, _as_enquiry(asked, purpose))
    most = lawbook.current().integer(BATCH_MOST, today)
    if not 1 <= len(asked.subjects) <= most:
        raise _out_of_bounds(most)
    return _Admitted(asked, agency.pk, matter, purpose, Role(min(roles & set(purpose.roles))), statute)


def _matter(code: str, today: date) -> Matter:
    try:
        return lawbook.matter(code, today)
    except lawbook.NoSuchMatter as unknown:
        raise Refused(unknown.zh, unknown.en, unknown.code) from None


def _as_enquiry(asked: Screening, purpose: Purpose) -> Enquiry:
    """Return the part of a request that the policies of the gate judge: its article and its matter number."""
    return Enquiry(
        asked.actor,
        purpose.code,
        "",
        CodeKind.USCC,
        "",
        "",
        statute=asked.statute,
        matter_no=asked.matter_no,
        matter=asked.matter,
    )


def _out_of_bounds(most: int) -> Refused:
    return Refused(
        f"一次比对须有 1 至 {most} 个主体。请分批提交，每批各自留痕。",
        f"One screening takes 1 to {most} subjects. Ask in several batches, each with its own trace.",
        "batch_out_of_bounds",
    )


def _answer(admitted: _Admitted, now: datetime, today: date) -> Reply:
    asked = admitted.asked
    looked = look(asked.subjects, admitted.matter, asked.actor, today)
    lines = tuple(_line(each) for each in looked)
    accesses, entry = trace.write(_batch(admitted, lines), now)
    given = hits.note(admitted.agency, admitted.matter.code, asked.matter_no.strip(), looked, accesses, now, today)
    overdue = hits.overdue_count(admitted.agency, today)
    return Reply(
        entry=entry,
        at=now,
        as_of=today,
        matter=admitted.matter,
        matter_no=asked.matter_no.strip(),
        basis_ref=admitted.statute,
        results=tuple(
            Result(position, each.status, access, given.get(position, ()), each.name_agrees)
            for position, each, access in zip(count(), looked, accesses, strict=False)
        ),
        overdue=overdue,
        warned=overdue >= lawbook.current().integer(OVERDUE_WARNING, today),
    )


def _line(looked: Looked) -> trace.Line:
    if looked is NOT_FOUND:
        return _NO_FILE
    known = looked.known
    if known and looked.status is Status.NO_HIT:
        return trace.Line(known.id, _ANSWERED)
    outcome = _OUTCOMES.get(looked.status) or (_ANSWERED if known else _NO_FILE.outcome)
    subject = known.id if known else None
    codes = tuple(sorted({hit.code for hit in looked.hits})) if looked.hits else ()
    return trace.Line(subject, outcome, looked.reason, codes, len({hit.record for hit in looked.hits}))


def _batch(admitted: _Admitted, lines: tuple[trace.Line, ...]) -> trace.Batch:
    return trace.Batch(
        actor=admitted.asked.actor,
        role=admitted.role.value,
        purpose=admitted.purpose.code,
        basis_kind=admitted.purpose.ground.value,
        basis_ref=admitted.statute,
        matter=admitted.matter.code,
        matter_no=admitted.asked.matter_no.strip(),
        outcome=Outcome.ANSWERED,
        lines=lines,
    )


def _commit_refusal(asked: Screening, refusal: Refused, now: datetime, today: date) -> None:
    """Commit a refused request with everyone it was about, so that they see who was turned away."""
    try:
        with transaction.atomic(durable=True):
            _accesses, refusal.entry = trace.write(_refused_batch(asked, refusal, today), now)
    except Exception as fault:
        raise _service_refused(fault) from None


def _refused_batch(asked: Screening, refusal: Refused, today: date) -> trace.Batch:
    """Write down only what is known to be free of personal content; a batch that is too long counts as one line."""
    matter = next((each for each in lawbook.matters(today) if each.code == asked.matter), None)
    roles = accounts.roles_of(asked.actor)
    most = lawbook.current().integer(BATCH_MOST, today)
    about: list[UUID | None] = [None]
    if matter and len(asked.subjects) <= most:
        about = [known.id if known else None for known in files_of(asked.subjects, matter.subject_kinds)] or [None]
    return trace.Batch(
        actor=asked.actor,
        role=min(roles).value if roles else "",
        purpose=matter.purpose if matter else "",
        basis_kind=Ground.STATUTE.value if matter else "",
        basis_ref="",
        matter=matter.code if matter else "",
        matter_no=asked.matter_no.strip() if policies.matter_is_plain(asked.matter_no) else "",
        outcome=Outcome.REFUSED,
        reason_code=refusal.code,
        lines=tuple(trace.Line(subject, _REFUSED, refusal.code) for subject in about),
    )
