"""待核定处罚种类: asking people what no rule can settle about a penalty, and what was settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from chengxin.registry.drafts import Draft
from chengxin.registry.models import KindQuestion
from chengxin.storage.bulk import insert_rows

_COLUMNS = ("record_id", "why", "asked_at", "answer")


def ask(admitted: Iterable[tuple[UUID, Draft]], now: datetime) -> int:
    """Ask about every fresh record about which there is a doubt, and return how many there are."""
    found = ((record, _doubt(draft)) for record, draft in admitted)
    return insert_rows(KindQuestion, _COLUMNS, [(record, why, now, "") for record, why in found if why])


def ask_again(record: UUID, draft: Draft, now: datetime) -> None:
    """Ask about a record that was corrected into something unclear; what was settled before settles nothing now."""
    if draft.assessed.uncertain:
        empty = {"answer": "", "sealed_proposal": None, "proposed_by": None, "proposed_at": None}
        fresh = {**empty, "why": KindQuestion.UNCLEAR, "asked_at": now, "decided_by": None, "decided_at": None}
        KindQuestion.objects.update_or_create(record_id=record, defaults=fresh)


def as_simple(record: UUID) -> bool:
    """Tell whether two people found that a penalty filed as an ordinary one was decided by simple procedure."""
    found = KindQuestion.objects.filter(record_id=record, answer=KindQuestion.AS_SIMPLE, decided_at__isnull=False)
    return found.exists()


def _doubt(draft: Draft) -> str:
    """Return what is asked about a draft; a minor record stays one whatever the procedure was, so nobody is asked."""
    if draft.assessed.uncertain:
        return KindQuestion.UNCLEAR
    return "" if draft.assessed.grade == "minor" else draft.doubt
