"""批量查询: a bounded list of subjects under one purpose, article and matter, approved by another person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.services import deliver
from chengxin.disclosure import gate, policies
from chengxin.disclosure import second_person as second
from chengxin.disclosure.models import Access, EnquiryOrder, OrderLine
from chengxin.disclosure.orders import packing
from chengxin.disclosure.reports import scope as scopes
from chengxin.disclosure.reports.shapes import Wanted as WholeFile
from chengxin.disclosure.reports.states import versions_digest
from chengxin.disclosure.second_person import check_answer
from chengxin.disclosure.shapes import Answer, Enquiry, Refused
from chengxin.ledger import services as ledger
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome
from chengxin.rules.lawfiles import Ground
from chengxin.vault import services as vault
from chengxin.vault.services import Place

LEAF_KIND = "enquiry.order"
LINK = "/console/enquiry/orders/"
CHUNK = 20
AGAIN = timedelta(days=1)
"""How many days after the day on which results were taken they can be had again, if they were kept for that."""
_SEPARATORS = str.maketrans(dict.fromkeys("，\t \u3000", ","))


class CannotOrder(Refusal):
    """An order that cannot be placed, decided, run or taken like this."""

    code = "cannot_order"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a unit wants to ask about many subjects; each subject is (code, name)."""

    purpose: str
    statute: str
    matter_no: str
    subject_kind: str
    code_kind: CodeKind
    reason: str = field(repr=False)
    subjects: tuple[tuple[str, str], ...] = field(repr=False)
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come."""

    order: EnquiryOrder
    state: str
    done: int
    answered: int


def place(wanted: Wanted, actor: User, *, now: datetime, today: date, order_id: UUID | None = None) -> EnquiryOrder:
    """Put an order before another person of the unit; nothing is read yet. Raises Refused, CannotOrder."""
    _check_wanted(wanted, actor, today)
    order_id = order_id or uuid4()
    with transaction.atomic():
        order = EnquiryOrder.objects.create(
            id=order_id,
            agency_id=_unit(actor),
            purpose=wanted.purpose,
            statute=wanted.statute,
            matter_no=wanted.matter_no.strip(),
            matter=wanted.matter,
            subject_kind=wanted.subject_kind,
            code_kind=wanted.code_kind.value,
            reason=wanted.reason.strip(),
            lines=len(wanted.subjects),
            digest=_digest(actor, wanted),
            asked_by=actor,
            asked_at=now,
            expires_on=today + timedelta(days=second.whole("enquiry.order_days", today)),
        )
        OrderLine.objects.bulk_create(
            OrderLine(order=order, number=number, asked=_sealed(order_id, number, "asked", list(subject)))
            for number, subject in enumerate(wanted.subjects, 1)
        )
        _commit(order, "placed", actor, now)
        told = {"lines": order.lines, "until": order.expires_on}
        body = _("共 %(lines)d 个主体，%(until)s 前有效。批准前不会查询。") % told
        deliver(order.agency_id, "order", _("有批量查询等待批准"), body, now=now, link=LINK)
    return order


def decide(order_id: UUID, actor: User, *, approve: bool, answer: str, now: datetime, today: date) -> EnquiryOrder:
    """Approve or refuse an order; of two decisions the first stands. Raises CannotOrder, CannotApprove."""
    with transaction.atomic():
        order = of_unit(order_id, actor)
        if order.asked_by_id == actor.pk:
            raise _no("不能批准自己送出的批量查询，须由另一人办理。", "Nobody approves their own order; another does.")
        check_answer(approve, answer)
        if order.expires_on < today:
            raise _no("这份批量查询已到期，请重新送出。", "This order has ended; place it again.")
        fresh = EnquiryOrder.objects.filter(pk=order.pk, decided_at=None)
        if not fresh.update(decided_by=actor, decided_at=now, approved=approve, answer=answer.strip()):
            raise _no("这份批量查询已经办结。", "This order has been decided.")
        order.refresh_from_db()
        _commit(order, "approved" if approve else "refused", actor, now)
        title = _("批量查询已获批准") if approve else _("批量查询未获批准")
        deliver(order.asked_by_id, "order", title, order.answer or _("可以开始查询。"), now=now, link=LINK)
    return order


def run(order_id: UUID, actor: User, *, now: datetime, today: date, most: int = CHUNK) -> Progress:
    """Ask about the next lines, each through the gate with its own leaf; stopped at any line, it goes on from there.

    Raises CannotOrder, and ServiceRefused when a read could not be written down.
    """
    order = _own_live(order_id, actor, today)
    lines = list(OrderLine.objects.filter(order=order).order_by("number"))
    _check_unchanged(order, lines)
    for line in [each for each in lines if not each.outcome][:most]:
        _ask_one(order, line, now, today)
    return progress(order, today)


def take(order_id: UUID, actor: User, *, now: datetime, today: date, again: bool = False) -> bytes:
    """Return the results once, a ZIP of a CSV and its signed digest, and blank what was sealed. Raises CannotOrder.

    With ``again`` the results stay sealed until the next day has passed, for ``take_again``.
    """
    order = _own_live(order_id, actor, today)
    with transaction.atomic():
        lines = list(OrderLine.objects.filter(order=order).order_by("number"))
        if any(not line.outcome for line in lines):
            raise _no("还没有查完，请先继续查询。", "The order is not finished. Go on first.")
        if not EnquiryOrder.objects.filter(pk=order.pk, taken_at=None).update(taken_at=now):
            raise _no("结果已经取走，只能取一次。需要再看请重新查询。", "The results were taken; they are given once.")
        table = _table(order, lines, today)
        kept = {} if again else {"result": None}
        OrderLine.objects.filter(order=order).update(asked=None, **kept)
        order.refresh_from_db()
        _commit(order, "taken", actor, now, hashlib.sha256(table).hexdigest())
    return packing.packed(order.pk, table)


def take_again(order_id: UUID, actor: User, *, now: datetime, today: date) -> bytes:
    """Return the results once more after a lost connection, as the files stand now, and write it down.

    Raises CannotOrder when the next day has passed, or the results were not kept for it.
    """
    order = _own_live(order_id, actor, today)
    with transaction.atomic():
        if order.taken_at is None or _day(order.taken_at) + AGAIN < today:
            raise _no("结果已不再保存。需要再看请重新查询。", "The results are no longer kept. Place the order again.")
        table = _table(order, OrderLine.objects.filter(order=order).order_by("number"), today)
        _commit(order, "taken_again", actor, now, hashlib.sha256(table).hexdigest())
    return packing.packed(order.pk, table)


def forget(today: date) -> int:
    """Blank what orders that ended, or were taken long enough ago, still hold; return how many lines there were."""
    return _forgettable(today).update(asked=None, result=None)


def forgettable(today: date) -> bool:
    """Tell whether there is something to blank."""
    return _forgettable(today).exists()


def _forgettable(today: date) -> QuerySet[OrderLine]:
    held = Q(asked__isnull=False) | Q(result__isnull=False)
    done = EnquiryOrder.objects.filter(Q(expires_on__lt=today) | Q(taken_at__date__lt=today - AGAIN))
    return OrderLine.objects.filter(held, order__in=done)


def _day(moment: datetime) -> date:
    return localtime(moment).date()


def of_unit(order_id: UUID, actor: User) -> EnquiryOrder:
    """Return an order of the person's own unit; another unit's looks the same as none."""
    known = EnquiryOrder.objects.select_related("agency", "asked_by", "decided_by")
    found = known.filter(pk=order_id, agency_id=_unit(actor)).first()
    if found is None:
        raise CannotOrder("没有这份批量查询。", "There is no such order.", "no_such_order")
    return found


def orders(actor: User, today: date) -> list[Progress]:
    """Return the orders of a unit, newest first."""
    known = EnquiryOrder.objects.select_related("asked_by", "agency").filter(agency_id=_unit(actor))
    return [progress(each, today) for each in known.order_by("-asked_at")[:100]]


def progress(order: EnquiryOrder, today: date) -> Progress:
    """Return how far an order has come."""
    outcomes = list(OrderLine.objects.filter(order=order).exclude(outcome="").values_list("outcome", flat=True))
    return Progress(order, _state(order, len(outcomes), today), len(outcomes), outcomes.count("answered"))


def read_subjects(text: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of each line of pasted or uploaded text: code, then a comma, tab or blank, then the name."""
    found = []
    for line in text.lstrip("\ufeff").splitlines():
        code, _separator, name = line.strip().translate(_SEPARATORS).partition(",")
        if code:
            found.append((code.strip(), name.strip(", ")))
    return tuple(found)


def _state(order: EnquiryOrder, done: int, today: date) -> str:
    if order.approved is False:
        return "refused"
    if order.taken_at:
        return "taken"
    if order.expires_on < today:
        return "ended"
    if not order.approved:
        return "asked"
    return "finished" if done == order.lines else "approved"


def _no(zh: str, en: str) -> CannotOrder:
    return CannotOrder(zh, en)


def _unit(actor: User) -> UUID:
    """Return the unit of a person who may enquire."""
    if actor.agency_id is None or not can_may(actor, Permission.ENQUIRE):
        raise policies.refused("not_permitted")
    return actor.agency_id


def _check_wanted(wanted: Wanted, actor: User, today: date) -> None:
    roles = people.roles_of(actor)
    policies.check_may_ask(actor, roles)
    purpose = policies.purpose_for(wanted.purpose, roles, actor.agency, today)  # type: ignore[arg-type]  # Checked above.
    if purpose.ground is not Ground.STATUTE:
        raise _no("凭授权的用途须逐个查询。", "Purposes that stand on an authorisation are asked one by one.")
    policies.check_subject_kind(purpose, wanted.subject_kind)
    policies.check_matter(wanted.matter_no)
    code, name = wanted.subjects[0] if wanted.subjects else ("", "")
    policies.check_statute(purpose, _enquiry(wanted, actor, code, name))
    least = second.whole("enquiry.reason_characters", today)
    if len("".join(wanted.reason.split())) < least or masks.free_text(wanted.reason) != wanted.reason:
        raise _no(f"请用至少 {least} 个字写明为什么批量查询，不写证件号码。", "Write why, without personal numbers.")
    _check_subjects(wanted, second.whole("enquiry.order_most", today))


def _check_subjects(wanted: Wanted, most: int) -> None:
    if not 1 <= len(wanted.subjects) <= most:
        raise _no(f"一份批量查询须有 1 至 {most} 个主体。", f"An order holds 1 to {most} subjects.")
    wrong = [number for number, (code, name) in enumerate(wanted.subjects, 1) if not _usable(wanted, code, name)]
    if wrong:
        rows = "、".join(map(str, wrong[:10]))
        raise _no(f"第 {rows} 行的号码与类型不符，或没有姓名（名称）。", f"Lines {rows}: wrong code, or no name.")
    if len({code for code, _name in wanted.subjects}) != len(wanted.subjects):
        raise _no("有重复的号码。每个主体只写一次。", "A code is listed twice. List each subject once.")


def _usable(wanted: Wanted, code: str, name: str) -> bool:
    fits = wanted.code_kind.is_personal == (wanted.subject_kind == "person")
    return bool(name) and fits and check(wanted.code_kind, code).outcome is not Outcome.WRONG


def _enquiry(wanted: Wanted, actor: User, code: str, name: str, order_id: UUID | None = None) -> Enquiry:
    return Enquiry(
        actor=actor, purpose=wanted.purpose, subject_kind=wanted.subject_kind, code_kind=wanted.code_kind, code=code,
        name=name, statute=wanted.statute, matter_no=wanted.matter_no, reason=wanted.reason, order_id=order_id,
        matter=wanted.matter,
    )  # fmt: skip


def _own_live(order_id: UUID, actor: User, today: date) -> EnquiryOrder:
    order = of_unit(order_id, actor)
    if order.asked_by_id != actor.pk:
        raise _no("只有送出的人可以查询和取结果。", "Only the person who placed it runs it and takes the results.")
    if not order.approved or order.expires_on < today:
        raise _no("这份批量查询未获批准或已到期。", "This order is not approved, or it has ended.")
    return order


def _check_unchanged(order: EnquiryOrder, lines: Sequence[OrderLine]) -> None:
    """Refuse an order whose lines or terms are no longer those that were approved."""
    if order.taken_at is None and order.digest != _digest(order.asked_by, _wanted(order, lines)):
        raise _no("内容与批准时不一致，不予查询。", "The order is no longer what was approved.")


def _wanted(order: EnquiryOrder, lines: Iterable[OrderLine]) -> Wanted:
    opened = [_opened(order.pk, line.number, "asked", line.asked) for line in lines]
    subjects = tuple((code, name) for code, name in opened)
    kind = next(each for each in CodeKind if each.value == order.code_kind)
    told = (order.purpose, order.statute, order.matter_no, order.subject_kind)
    return Wanted(*told, kind, order.reason, subjects, order.matter)


def _ask_one(order: EnquiryOrder, line: OrderLine, now: datetime, today: date) -> None:
    """Ask about one subject; its result is stored in the transaction of its leaf, so that it is asked about once."""
    code, name = _opened(order.pk, line.number, "asked", line.asked)
    enquiry = _enquiry(_wanted(order, []), order.asked_by, code, name, order.pk)
    try:
        gate.disclose(enquiry, now=now, today=today, keep=lambda outcome: _keep(order.pk, line, outcome, today))
    except Refused:
        return  # Written down and kept as the line's outcome.


def _keep(order_id: UUID, line: OrderLine, outcome: Answer | Refused, today: date) -> None:
    if isinstance(outcome, Refused):
        said, shown = outcome.code, _said(outcome)
    else:
        said, shown = outcome.outcome, _result(outcome) | {"seen": _seen(outcome.access, today)}
    sealed = _sealed(order_id, line.number, "result", shown)
    fresh = OrderLine.objects.filter(pk=line.pk, outcome="")
    if not fresh.update(outcome=said, result=sealed, entry_id=outcome.entry):
        raise _no("这一行已由另一处查过。", "This line was asked about elsewhere.")


def _seen(access: UUID, today: date) -> list[str]:
    """Return the read of a line and a digest of what it would see of the file today."""
    read = Access.objects.select_related("subject__key").get(pk=access)
    if read.subject is None or read.subject.key.wrapped is None:
        return [str(access), ""]
    return [str(access), versions_digest(read.subject.pk, read, today, scopes.of(WholeFile(), today))]


def _current(shown: dict[str, Any], today: date) -> dict[str, Any]:
    """Return a result as it was kept; of a file that has changed since, only that it is to be asked about anew."""
    seen = shown.get("seen")
    if "rows" not in shown or (seen and seen == _seen(UUID(seen[0]), today)):
        return shown
    return {"zh": "查询以后档案有变化，这一结果不再给出，请重新查询。", "changed": True}


def _said(refusal: Refused) -> dict[str, object]:
    return {"zh": refusal.zh, "en": refusal.en}


def _result(answer: Answer) -> dict[str, object]:
    rows = [
        {"item": row.item_zh, "document_no": row.document_no, "authority": row.authority_name, "basis": row.basis,
         "date": row.document_date.isoformat(), "disputed": row.disputed,
         "fields": {each.zh: each.value for each in row.fields}}
        for row in answer.rows
    ]  # fmt: skip
    subject = asdict(answer.subject)
    return {"name": subject["name"], "code": subject["code"], "hit": answer.hit, "count": answer.count, "rows": rows}


def _table(order: EnquiryOrder, lines: Iterable[OrderLine], today: date) -> bytes:
    return packing.table(
        (line, _current(_opened(order.pk, line.number, "result", line.result), today)) for line in lines
    )


def _digest(actor: User, wanted: Wanted) -> str:
    parts = [
        *(str(actor.pk), str(actor.agency_id), wanted.purpose, wanted.statute, wanted.matter_no.strip()),
        *(wanted.subject_kind, wanted.code_kind.value, wanted.reason.strip()),
        [list(subject) for subject in wanted.subjects],
        *([wanted.matter] if wanted.matter else []),
    ]
    return vault.blind_index("enquiry_order", json.dumps(parts, ensure_ascii=False))


def _sealed(order_id: UUID, number: int, column: str, value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False).encode()
    return vault.platform_sealer("orders").seal(text, _place(order_id, number, column))


def _opened(order_id: UUID, number: int, column: str, blob: bytes | memoryview[int] | None) -> Any:
    if blob is None:
        raise _no("内容已按期清除。", "The content has been cleared.")
    return json.loads(vault.platform_sealer("orders").open(bytes(blob), _place(order_id, number, column)))


def _place(order_id: UUID, number: int, column: str) -> Place:
    return Place("disclosure_orderline", column, f"{order_id}/{number}")


def _commit(order: EnquiryOrder, act: str, actor: User, now: datetime, table: str = "") -> None:
    payload = {"order": order.pk, "actor": actor.pk, "digest": order.digest, "answer": order.answer, "table": table}
    public = {"act": act, "agency": order.agency.uscc, "purpose": order.purpose, "lines": order.lines}
    ledger.append(LEAF_KIND, payload, now=now, public=public)
