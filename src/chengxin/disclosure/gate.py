"""The one gate: every read of a subject's records by anybody else passes here (charter C08, C09).

Who asks, for what, on which basis; whose file, which of its records, how masked; and the ledger leaf: one transaction.
No leaf, no answer. A refused read is committed before it is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from random import Random
from uuid import UUID

from django.db import transaction

from chengxin.accounts import selectors as accounts
from chengxin.accounts.models import Agency
from chengxin.accounts.roles import Role
from chengxin.disclosure import accesses, policies
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure import second_person as second
from chengxin.disclosure.models import Authorisation, EnquiryApproval, Outcome
from chengxin.disclosure.policies import refused
from chengxin.disclosure.rows import WITH_FIELDS, bare, full, sight_of
from chengxin.disclosure.shapes import Answer, Enquiry, Refused, RowShown, ServiceRefused, SubjectShown
from chengxin.registry import hot
from chengxin.registry.hot import Found, Standing
from chengxin.rules import masks
from chengxin.rules.lawfiles import AnswerKind, Ground, Purpose
from chengxin.storage.together import Together
from chengxin.vault import services as vault

logger = logging.getLogger(__name__)
_together = Together()


@dataclass(frozen=True, slots=True)
class Admitted:
    """An enquiry that may be answered: its purpose, its basis, and the subject, if there is one."""

    enquiry: Enquiry
    role: Role
    purpose: Purpose
    basis_kind: Ground
    basis_ref: str
    authorisation: Authorisation | None
    found: Found | None
    approval: EnquiryApproval | None = None


Keep = Callable[[Answer | Refused], None]


def disclose(
    enquiry: Enquiry, *, now: datetime, today: date, rng: Random | None = None, keep: Keep | None = None
) -> Answer:
    """Answer an enquiry, or raise Refused (committed) or ServiceRefused (nothing could be committed).

    Must be called outside any transaction: the answer is given only after the leaf is durable. ``rng`` draws the
    enquiries that owe a written reason; ``keep`` stores the outcome in the same transaction, sealed.
    """
    try:
        outcome = _together.run(lambda: _decided(enquiry, now, today, rng, keep))
    except Exception as fault:  # Whatever it was, the leaf is not durable, and so nothing is answered.
        raise _service_refused(fault) from None
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _decided(enquiry: Enquiry, now: datetime, today: date, rng: Random | None, keep: Keep | None) -> Answer | Refused:
    """Return the answer or the refusal, written down already; nothing is written before it is decided which."""
    outcome: Answer | Refused
    try:
        outcome = _answer(_approved(admit(enquiry, today), now, today, rng), now, today)
    except Refused as refusal:
        refuse(enquiry, refusal, now, today)
        outcome = refusal
    if keep:
        keep(outcome)
    return outcome


def refuse(enquiry: Enquiry, refusal: Refused, now: datetime, today: date) -> None:
    """Write a refused read down inside the caller's transaction."""
    _access, refusal.entry = accesses.write(_refused_read(enquiry, refusal, today), now)


def _approved(admitted: Admitted, now: datetime, today: date, rng: Random | None) -> Admitted:
    """Ask for what stands between an admitted enquiry and its answer: a second person, and now and then a reason."""
    enquiry, found = admitted.enquiry, admitted.found
    approval = second.check(enquiry, admitted.purpose, found, today) if found else None
    second.check_reason(enquiry, found, now, rng)
    return replace(admitted, approval=approval)


def _service_refused(fault: Exception) -> ServiceRefused:
    """Log what kind of fault it was and nothing of what it says, which may hold a value (charter C27)."""
    logger.error("an enquiry was not answered: %s", type(fault).__name__)
    return ServiceRefused()


def admit(enquiry: Enquiry, today: date) -> Admitted:
    """Return an enquiry with its purpose, basis and subject, or raise Refused; nothing is answered yet."""
    roles = accounts.roles_of(enquiry.actor)
    policies.check_may_ask(enquiry.actor, roles)
    agency = _agency(enquiry)
    purpose = policies.purpose_for(enquiry.purpose, roles, agency, today)
    policies.check_subject_kind(purpose, enquiry.subject_kind)
    policies.check_matter(enquiry.matter_no)
    statute = policies.check_statute(purpose, enquiry) if purpose.ground is Ground.STATUTE else ""
    if purpose.ground is Ground.OWN:
        raise refused("purpose_not_for_role")
    found = _find(enquiry, policies.check_code(enquiry))
    authorisation = _authorisation(enquiry, purpose, found, today)
    if found:
        policies.check_no_conflict(found, agency)
    role = min(roles & set(purpose.roles))
    reference = policies.basis_said(purpose, enquiry, today) if statute else str(enquiry.authorisation_id)
    return Admitted(enquiry, Role(role), purpose, purpose.ground, reference, authorisation, found)


def _agency(enquiry: Enquiry) -> Agency:
    agency = enquiry.actor.agency
    if agency is None:
        raise refused("not_permitted")
    return agency


def _find(enquiry: Enquiry, code: str) -> Found | None:
    """Return the subject; a file of another kind, or one whose key is destroyed, is no file."""
    found = hot.find(enquiry.code_kind, code, enquiry.name, enquiry.actor.pk)
    if found is None or found.kind != enquiry.subject_kind or found.key.wrapped is None:
        return None
    return found


def _authorisation(enquiry: Enquiry, purpose: Purpose, found: Found | None, today: date) -> Authorisation | None:
    if not policies.needs_authorisation(purpose):
        return None
    known = Authorisation.objects.filter(pk=enquiry.authorisation_id).first() if enquiry.authorisation_id else None
    return policies.check_authorisation(known, purpose, enquiry, found, today)


def _answer(admitted: Admitted, now: datetime, today: date) -> Answer:
    if admitted.found is None:
        return _no_file(admitted, now, today)
    consented = admitted.authorisation.item_codes if admitted.authorisation else None
    sight = sight_of(admitted.purpose, consented)
    seen = [row for row in hot.standing(admitted.found.id, today) if sight.sees(row)]
    rows = _rows(seen, admitted, sight.clear)
    _use_both(admitted, now)
    access, entry = accesses.write(_read(admitted, Outcome.ANSWERED, seen, rows), now)
    return _built(admitted, access, entry, now, today, seen, rows)


def _no_file(admitted: Admitted, now: datetime, today: date) -> Answer:
    access, entry = accesses.write(_read(admitted, Outcome.NO_FILE, [], ()), now)
    return _built(admitted, access, entry, now, today, [], ())


def _rows(seen: list[Standing], admitted: Admitted, clear: frozenset[str]) -> tuple[RowShown, ...]:
    """Return the least that answers: nothing for yes or no or a number, bare rows for hits, fields where needed."""
    found, kind = admitted.found, admitted.purpose.answer
    if kind in (AnswerKind.YES_NO, AnswerKind.COUNT) or found is None:
        return ()
    if kind not in WITH_FIELDS:
        return tuple(bare(row) for row in seen)
    sealer = cache(lambda: vault.sealer_for(found.key))
    return full(seen, sealer, clear)


def _use_both(admitted: Admitted, now: datetime) -> None:
    """Use the authorisation and the approval, both or neither."""
    with transaction.atomic() if admitted.approval else nullcontext():
        second.use_up(admitted.approval, now)
        _use_up(admitted, now)


def _use_up(admitted: Admitted, now: datetime) -> None:
    """Mark and sign the first use; of two reads under a one-time authorisation only one can find it unused."""
    authorisation, found = admitted.authorisation, admitted.found
    if authorisation is None or found is None or authorisation.used_at:
        return
    if Authorisation.objects.filter(pk=authorisation.pk, used_at=None, withdrawn_at=None).update(used_at=now):
        authorisation.used_at = now
        artefact.sign(authorisation, "used", admitted.enquiry.actor.pk, now=now, key=found.key)
    elif authorisation.once or _withdrawn(authorisation):
        raise refused("authorisation_not_valid")


def _withdrawn(authorisation: Authorisation) -> bool:
    return Authorisation.objects.filter(pk=authorisation.pk, withdrawn_at__isnull=False).exists()


def _read(admitted: Admitted, outcome: Outcome, seen: list[Standing], rows: tuple[RowShown, ...]) -> accesses.Read:
    fields, shown = accesses.cut_of(rows)
    found, enquiry = admitted.found, admitted.enquiry
    return accesses.Read(
        actor=enquiry.actor,
        role=admitted.role.value,
        purpose=admitted.purpose.code,
        outcome=outcome,
        basis_kind=admitted.basis_kind.value,
        basis_ref=admitted.basis_ref,
        matter_no=enquiry.matter_no.strip(),
        subject=found.id if found else None,
        key=found.key if found else None,
        reason=enquiry.reason,
        records=tuple(row.record for row in seen),
        items=tuple(sorted({row.item for row in seen})),
        fields=fields,
        shown=shown,
    )


def _built(
    admitted: Admitted,
    access: UUID,
    entry: int,
    now: datetime,
    today: date,
    seen: list[Standing],
    rows: tuple[RowShown, ...],
) -> Answer:
    purpose, enquiry = admitted.purpose, admitted.enquiry
    return Answer(
        access=access,
        entry=entry,
        at=now,
        as_of=today,
        outcome=(Outcome.ANSWERED if admitted.found else Outcome.NO_FILE).value,
        purpose=purpose.code,
        purpose_zh=purpose.zh,
        purpose_en=purpose.en,
        kind=purpose.answer,
        basis_kind=admitted.basis_kind.value,
        basis_ref=admitted.basis_ref,
        matter_no=enquiry.matter_no.strip(),
        subject=subject_shown(enquiry),
        hit=bool(seen),
        disputed=any(mark.kind == "disputed" for row in seen for mark in row.marks),
        count=None if purpose.answer is AnswerKind.YES_NO else len(seen),
        rows=rows,
    )


def subject_shown(enquiry: Enquiry) -> SubjectShown:
    """Return what the asker typed, masked: it agrees with the file, so the file's own name need not be opened."""
    if not enquiry.code_kind.is_personal:
        return SubjectShown(enquiry.subject_kind, enquiry.name, enquiry.code_kind, enquiry.code)
    citizen = enquiry.code_kind.value == "citizen_id"
    code = masks.citizen_id(enquiry.code) if citizen else masks.certificate(enquiry.code)
    return SubjectShown(enquiry.subject_kind, masks.name(enquiry.name), enquiry.code_kind, code)


def _refused_read(enquiry: Enquiry, refusal: Refused, today: date) -> accesses.Read:
    """Return a refused read, with the subject if there is one, so that the subject sees who was turned away.

    Only what is known to be free of personal content is written down: a made-up purpose or article is left out.
    """
    purpose = policies.known_purpose(enquiry.purpose, today)
    roles = accounts.roles_of(enquiry.actor)
    found = _find_quietly(enquiry)
    return accesses.Read(
        actor=enquiry.actor,
        role=min(roles).value if roles else "",
        purpose=purpose.code if purpose else "",
        outcome=Outcome.REFUSED,
        basis_kind=purpose.ground.value if purpose else "",
        matter_no=enquiry.matter_no.strip() if policies.matter_is_plain(enquiry.matter_no) else "",
        subject=found.id if found else None,
        key=found.key if found else None,
        reason_code=refusal.code,
        reason=enquiry.reason,
    )


def _find_quietly(enquiry: Enquiry) -> Found | None:
    try:
        return _find(enquiry, policies.check_code(enquiry))
    except Refused:
        return None
