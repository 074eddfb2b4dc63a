"""What the outcome of an objection does to the record; runs inside the decision's own transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chengxin.cases.models import Case
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry import sourced
from chengxin.registry.models import Annotation, Cause, Record, SubjectKind
from chengxin.registry.sealing import open_content
from chengxin.rules.errors import Refusal
from chengxin.supervision import services as supervision

CONTENT, IDENTITY = "content", "identity"
# Serious dishonesty, major tax violations, abnormal operations, judgment debtors: the parts of an item's code.
LIST_CLASSES = frozenset({"YZ", "SW", "YC", "SF"})
# “Not me” is answered by severing or confirming the link; while nobody can tell, the link stays suspended (C07).
ALLOWED = {
    CONTENT: ("corrected", "deleted", "supplemented", "disclosure_stopped", "delisted", "upheld", "unclear"),
    IDENTITY: ("deleted", "upheld", "unclear"),
}


class OutcomeNotAllowed(Refusal):
    """The outcome does not answer this kind of objection, or lacks what it needs."""

    code = "outcome_not_allowed"


@dataclass(frozen=True)
class Proposed:
    """What the reviewer proposed: the outcome, changed fields for a correction, a statement for the record."""

    outcome: str
    changes: Mapping[str, Any]
    statement: str = ""

    def sealed_text(self) -> str:
        """Return the proposal as text to be sealed; its digest binds the decision to it."""
        return json.dumps([self.outcome, dict(self.changes), self.statement], ensure_ascii=False, sort_keys=True)


def read(text: str) -> Proposed:
    """Read a proposal back."""
    outcome, changes, statement = json.loads(text)
    return Proposed(outcome, changes, statement)


def check(proposed: Proposed, about: str, record: Record) -> None:
    """Raise unless the outcome answers this kind of objection and brings what it needs."""
    if proposed.outcome not in ALLOWED[about]:
        raise OutcomeNotAllowed(
            "这一结论不适用于此类异议，请另选。", "This outcome does not answer this kind of objection; choose another."
        )
    if proposed.outcome == "corrected" and not proposed.changes:
        raise OutcomeNotAllowed(
            "更正须列明更正的字段和更正后的内容。", "A correction must name the corrected fields and their new values."
        )
    if proposed.outcome == "supplemented" and not proposed.statement.strip():
        raise OutcomeNotAllowed("补充须写明补充的内容。", "A supplement must say what is added.")
    if proposed.outcome == "delisted" and not is_list_entry(record):
        raise OutcomeNotAllowed(
            "只有名单类记录可以移出名单；这条记录不是列入名单的记录，请另选结论。",
            "Only an entry of a list can be removed from it; this record is none, choose another outcome.",
        )
    if proposed.outcome == "corrected":
        _check_fields(proposed.changes, record)


def is_list_entry(record: Record) -> bool:
    """Tell whether a record says that its subject was put on a list; a judgment beside the debtors' list is none."""
    return record.item.nature == "negative" and record.item.item.code.split("-")[1] in LIST_CLASSES


def open_to(about: str, record: Record) -> tuple[str, ...]:
    """Return the outcomes a reviewer can choose from for this kind of objection to this record."""
    return tuple(each for each in ALLOWED[about] if each != "delisted" or is_list_entry(record))


def _check_fields(changes: Mapping[str, Any], record: Record) -> None:
    version = records.present_version(record.id)
    if version is not None and sourced.is_withdrawn(version):
        raise OutcomeNotAllowed(
            "该记录已由报送单位撤回，不能再更正，请另选结论。",
            "The source has withdrawn the record, so it cannot be corrected; choose another outcome.",
        )
    known = set(open_content(version, version.record.subject)) if version else set()
    unknown = sorted(set(changes) - known)
    if unknown:
        raise OutcomeNotAllowed(
            f"记录没有这些字段：{'、'.join(unknown)}；请按记录现有字段填写。",
            f"The record has no such fields: {', '.join(unknown)}; use the record's own.",
        )


def apply(proposed: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    """Carry the outcome out on the record."""
    _APPLY[proposed.outcome](proposed, case, record, about, now, today)


def _corrected(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    registry.correct_record(record.id, p.changes, ref=case.number, now=now, today=today)


def _deleted(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    sourced.end_for_good(record.id, Cause.DELETED, ref=case.number, now=now)


def _stopped(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    sourced.end_for_good(record.id, Cause.STOPPED, ref=case.number, now=now)


def _delisted(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    """End the entry and what rests on it: a measure for being on a list has no ground once the entry is gone."""
    sourced.end_for_good(record.id, Cause.DELISTED, ref=case.number, now=now)
    supervision.lift(record.id, ref=case.number, now=now)


def _supplemented(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    registry.annotate(record.id, Annotation.STATEMENT, ref=case.number, now=now, text=p.statement.strip())


def _upheld(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    if about == IDENTITY:
        sourced.settle_link(record.id, suspended=False, ref=case.number, now=now)


def _unclear(p: Proposed, case: Case, record: Record, about: str, now: datetime, today: date) -> None:
    """Keep both versions beside the record; about a person the mark only points to the sealed case."""
    both = p.statement.strip() if record.subject.kind != SubjectKind.PERSON else ""
    text = both or _("核查未能查清，信源单位与主体的意见不一致，双方意见存于办件 %(number)s。") % {
        "number": case.number
    }
    registry.annotate(record.id, Annotation.STATEMENT, ref=case.number, now=now, text=text)


_APPLY: dict[str, Callable[[Proposed, Case, Record, str, datetime, date], None]] = {
    "corrected": _corrected,
    "deleted": _deleted,
    "delisted": _delisted,
    "disclosure_stopped": _stopped,
    "supplemented": _supplemented,
    "unclear": _unclear,
    "upheld": _upheld,
}
