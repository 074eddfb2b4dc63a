"""One entrance for every step on a case: from an action's name and its fields to the function that takes the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.cases import evidence
from chengxin.cases import selectors as case_selectors
from chengxin.cases.evidence import EvidenceRefused
from chengxin.cases.models import Case
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as records
from chengxin.rights import bankruptcy, erasure, matters, objections, restoration, selectors, shown
from chengxin.rights.acts import Act
from chengxin.rights.matters import NoMatter
from chengxin.rights.models import Matter, Reading
from chengxin.rules.errors import Refusal

Fields = Mapping[str, str]


class FieldMissing(Refusal):
    """A field the step needs is empty or not of its kind."""

    code = "field_missing"


def _note(fields: Fields) -> str:
    return fields.get("note", "").strip()


def _day(fields: Fields, name: str) -> date:
    try:
        return date.fromisoformat(fields.get(name, ""))
    except ValueError:
        raise FieldMissing("请填写日期，例如 2026-11-22。", "Enter a date such as 2026-11-22.", field=name) from None


def _changes(act: Act, fields: Fields) -> dict[str, Any]:
    """Return the corrected fields: every ``change:CODE`` field whose text differs from what the record says."""
    if fields["outcome"] != "corrected":
        return {}
    version = records.present_version(matters.matter_of(act.case_id, Matter.OBJECTION).record_id)
    texts = {name.removeprefix("change:"): text for name, text in fields.items() if name.startswith("change:")}
    return shown.changed(version, texts) if version else {}


def _answer(act: Act, fields: Fields) -> Case:
    if fields.get("stands") not in ("yes", "no"):
        raise FieldMissing("请选择核查结论：记录无误，或者有误。", "Say whether the record stands.", field="stands")
    return objections.answer(act, _note(fields), fields["stands"] == "yes")


def _propose_objection(act: Act, fields: Fields) -> Case:
    if not fields.get("outcome"):
        raise FieldMissing("请选择处理结论。", "Choose an outcome.", field="outcome")
    return objections.propose(
        act, fields["outcome"], _note(fields), _changes(act, fields), statement=fields.get("statement", "")
    )


Step = Callable[[Act, Fields], Case]


def _erasure(action: str) -> Step:
    return lambda act, fields: erasure.STEPS[action](act, _note(fields), fields.get("outcome", ""))


STEPS: dict[tuple[str, str], Step] = {
    ("bankruptcy", "confirm"): lambda act, f: bankruptcy.confirm(act, _note(f)),
    ("bankruptcy", "dismiss"): lambda act, f: bankruptcy.dismiss(act, _note(f)),
    ("bankruptcy", "doubt"): lambda act, f: bankruptcy.doubt(act, _note(f)),
    ("bankruptcy", "fail"): lambda act, f: bankruptcy.fail(act, _note(f)),
    ("bankruptcy", "propose"): lambda act, f: bankruptcy.propose(act, _note(f)),
    ("bankruptcy", "refuse"): lambda act, f: bankruptcy.refuse(act, _note(f)),
    ("bankruptcy", "repair"): lambda act, f: bankruptcy.repair(act, _note(f)),
    ("bankruptcy", "report"): lambda act, f: bankruptcy.report(act, _note(f)),
    ("bankruptcy", "resume"): lambda act, f: bankruptcy.resume(act, _note(f), f.get("heard", "")),
    ("bankruptcy", "return"): lambda act, f: bankruptcy.send_back(act, _note(f)),
    ("bankruptcy", "speak"): lambda act, f: bankruptcy.speak(act, _note(f)),
    ("bankruptcy", "shield"): lambda act, f: bankruptcy.shield(act, _note(f)),
    ("bankruptcy", "withdraw"): lambda act, f: bankruptcy.withdraw(act),
    **{(erasure.KIND, action): _erasure(action) for action in erasure.STEPS},
    ("objection", "accept"): lambda act, f: objections.accept(act),
    ("objection", "answer"): _answer,
    ("objection", "contest"): lambda act, f: objections.contest(act, _note(f)),
    ("objection", "decide"): lambda act, f: objections.decide(act, _note(f)),
    ("objection", "forward"): lambda act, f: objections.forward(act, _note(f)),
    ("objection", "propose"): _propose_objection,
    ("objection", "refuse"): lambda act, f: objections.refuse(act, _note(f)),
    ("objection", "return"): lambda act, f: objections.send_back(act, _note(f)),
    ("objection", "withdraw"): lambda act, f: objections.withdraw(act),
    ("restoration", "accept"): lambda act, f: restoration.accept(act),
    ("restoration", "approve"): lambda act, f: restoration.approve(act, _note(f)),
    ("restoration", "ask_completion"): lambda act, f: restoration.ask_completion(act, _note(f)),
    ("restoration", "cancel"): lambda act, f: restoration.cancel(act, _note(f), f.get("heard", "")),
    ("restoration", "complete"): lambda act, f: restoration.complete(act, _note(f), _day(f, "performed_on")),
    ("restoration", "deny"): lambda act, f: restoration.deny(act, _note(f)),
    ("restoration", "dismiss"): lambda act, f: restoration.dismiss(act, _note(f)),
    ("restoration", "doubt"): lambda act, f: restoration.doubt(act, _note(f)),
    ("restoration", "extend"): lambda act, f: restoration.extend(act, _note(f)),
    ("restoration", "propose"): lambda act, f: restoration.propose(act, f.get("outcome", ""), _note(f)),
    ("restoration", "push"): lambda act, f: restoration.push(act),
    ("restoration", "refuse"): lambda act, f: restoration.refuse(act, _note(f)),
    ("restoration", "return"): lambda act, f: restoration.send_back(act, _note(f)),
    ("restoration", "speak"): lambda act, f: restoration.speak(act, _note(f)),
    ("restoration", "verify"): lambda act, f: restoration.verify(act),
    ("restoration", "withdraw"): lambda act, f: restoration.withdraw(act),
}
FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    **dict.fromkeys(STEPS, ("note",)),
    ("bankruptcy", "resume"): ("heard", "note"),
    ("bankruptcy", "withdraw"): (),
    ("erasure", "propose"): ("outcome", "note"),
    ("erasure", "withdraw"): (),
    ("objection", "accept"): (),
    ("objection", "answer"): ("stands", "note"),
    ("objection", "propose"): ("outcome", "changes", "statement", "note"),
    ("objection", "withdraw"): (),
    ("restoration", "accept"): (),
    ("restoration", "cancel"): ("heard", "note"),
    ("restoration", "complete"): ("performed_on", "note"),
    ("restoration", "propose"): ("outcome", "note"),
    ("restoration", "push"): (),
    ("restoration", "verify"): (),
    ("restoration", "withdraw"): (),
}


def take(
    case_id: UUID,
    action: str,
    *,
    actor: User,
    now: datetime,
    today: date,
    version: int | None = None,
    fields: Fields | None = None,
    files: Sequence[bytes] = (),
) -> Case:
    """Take a step on a case with the fields of a form; raises the sentence that says why it cannot be taken.

    ``files`` is evidence that the applicant hands in with the step, kept in its transaction or not at all.
    """
    case = case_selectors.case(case_id)
    step = STEPS.get((case.kind, action)) if case else None
    if step is None:
        raise NoMatter("没有这个办件，或者没有这一步。", "There is no such case or no such step.")
    with transaction.atomic():
        moved = step(Act(case_id, actor, now, today, version), fields or {})
        if files:
            _check_applicant(moved, actor)
            evidence.add(moved, files, actor=actor, now=now)
    return moved


def _check_applicant(case: Case, actor: User) -> None:
    if case.applicant_id != actor.pk:
        raise EvidenceRefused("证据材料由申请人提交。", "Evidence is handed in by the applicant.")


def read(case_id: UUID, reader: User, *, now: datetime, today: date) -> selectors.CasePage | None:
    """Return the page of a case for a reader; an officer's look at a natural person's case is committed first.

    No leaf, no answer (charter C09): the reading is written in one transaction with its leaf, and the person sees it on
    the same page. ``None`` when there is no such case for this reader.
    """
    page = selectors.case_page(case_id, reader, today)
    if page is None or page.case.applicant_id == reader.pk or page.record.subject.kind != "person":
        return page
    with transaction.atomic():
        payload = {"case": page.case.number, "reader": str(reader.pk)}
        entry = ledger.append("case_read", payload, now=now, public={"case_kind": page.case.kind}, key=page.case.key)
        Reading.objects.create(case=page.case, reader=reader, at=now, entry=entry)
    return page


def lapse_overdue(*, now: datetime, today: date) -> int:
    """Go on without every source agency that stayed silent past its time; return how many cases moved."""
    late = case_selectors.overdue(today).filter(key=objections.PROVIDER, case__state="with_provider")
    waiting = [deadline.case_id for deadline in late]
    for case_id in waiting:
        objections.lapse(case_id, now=now, today=today)
    return len(waiting)
