"""Which confirmations of performance stand at this moment: the newest word of the authority counts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from chengxin.registry.models import Record
from chengxin.rights.models import DutyConfirmation, DutyRevision, UnaskedReview
from chengxin.vault import services as vault


def standing(records: Iterable[UUID] | None = None) -> QuerySet[DutyConfirmation]:
    """Return the confirmations that stand, of these records or of all; ``stands_on`` is the day of performance."""
    newest = DutyRevision.objects.filter(duty=OuterRef("pk")).order_by("-pk")
    found = DutyConfirmation.objects.annotate(
        word=Coalesce(Subquery(newest.values("kind")[:1]), Value(DutyRevision.CONFIRMED)),
        stands_on=Coalesce(Subquery(newest.values("performed_on")[:1]), F("performed_on")),
    ).filter(word=DutyRevision.CONFIRMED)
    return found if records is None else found.filter(record_id__in=list(records))


def of(records: Iterable[UUID]) -> dict[UUID, DutyConfirmation]:
    """Return the standing confirmation of each of these records, its day as the newest word has it."""
    found = {each.record_id: each for each in standing(records).select_related("agency")}
    for each in found.values():
        each.performed_on = each.stands_on  # type: ignore[attr-defined]  # Annotated by the query.
    return found


def seal_reason(record: Record, row: int | str, text: str) -> bytes:
    """Seal a reason under the key of the record's subject; ``row`` names the row it is kept in."""
    return vault.seal(record.subject.key, text.encode(), _place(row))


def open_reason(record: Record, row: int | str, sealed: bytes | memoryview | None) -> str:
    """Return a sealed reason; empty when it was erased."""
    if sealed is None or record.subject.key.wrapped is None:
        return ""
    return vault.open_sealed(record.subject.key, bytes(sealed), _place(row)).decode()


def _place(row: int | str) -> vault.Place:
    return vault.Place("rights_dutyrevision", "sealed_reason", str(row))


def blank(which: Q) -> int:
    """Erase the reasons of revisions and reviews about some records; ``which`` speaks of ``record``."""
    records = list(DutyConfirmation.objects.filter(which).values_list("pk", flat=True))
    revisions = DutyRevision.objects.filter(duty_id__in=records, sealed_reason__isnull=False)
    reviews = UnaskedReview.objects.filter(ending_id__in=records, sealed_reason__isnull=False)
    return revisions.update(sealed_reason=None) + reviews.update(sealed_reason=None)
