"""再报: a row meets a record that stands already; its fingerprint tells whether it agrees, without reading either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from chengxin.intake import reasons
from chengxin.intake.models import Admission, Correction, Recurrence, Withdrawal
from chengxin.intake.reasons import Stored
from chengxin.registry import forwarding
from chengxin.storage.bulk import insert_rows

SAME, DIFFERS, WITHDRAWN = "record.exists", "record.differs", "record.withdrawn"
# One row that was met: its id, the record it met, and its own fingerprint.
Met = tuple[int, UUID, str]


def judged(met: Sequence[Met], agency: UUID) -> list[Stored]:
    """Say of each row of an agency whether the record agrees with it, and write down which record it met.

    Of a record that disagrees the agency is told the file and the row it came from, when the agency filed it itself.
    """
    insert_rows(Recurrence, ("row_id", "record_id"), ((row, record) for row, record, _ in met))
    return told([(record, digest) for _, record, digest in met], agency)


def told(met: Sequence[tuple[UUID, str]], agency: UUID) -> list[Stored]:
    """Say the same of records and fingerprints of rows, and write nothing down."""
    records = [record for record, _ in met]
    standing, withdrawn = fingerprints(records), _withdrawn(records)
    codes = [_code(record, digest, standing, withdrawn) for record, digest in met]
    places = _places([record for record, code in zip(records, codes, strict=True) if code == DIFFERS], agency)
    return [
        reasons.stored(code, limit=row, other=file)
        for code, (file, row) in zip(codes, (places.get(record, ("", "")) for record in records), strict=True)
    ]


def _places(records: Sequence[UUID], agency: UUID) -> dict[UUID, tuple[str, str]]:
    """Return the file and the row that records came from, of those that the agency filed."""
    if not records:
        return {}
    before = forwarding.earlier_ids(records)
    own = Admission.objects.filter(record_id__in=[*records, *before.values()], row__submission__agency_id=agency)
    lines = own.values_list("record_id", "row__submission__filename", "row__row_no")
    found = {record: (file, str(row)) for record, file, row in lines}
    return {now: found[old] for now, old in before.items() if old in found} | found


def unchanged(found: Stored) -> bool:
    """Tell whether a row agreed with the record it met."""
    return found["code"] == SAME


def fingerprints(records: Iterable[UUID]) -> dict[UUID, str]:
    """Return the fingerprint of what each record says today: of its last correction, else of the row it came from."""
    wanted = list(records)
    before = forwarding.earlier_ids(wanted)
    admitted = Admission.objects.filter(record_id__in=[*wanted, *before.values()])
    found = dict(admitted.values_list("record_id", "row__fingerprint"))
    found.update({now: found[old] for now, old in before.items() if old in found and now not in found})
    later = Correction.objects.filter(record_id__in=wanted).order_by("number")
    return {**found, **dict(later.values_list("record_id", "fingerprint"))}


def _withdrawn(records: Sequence[UUID]) -> set[UUID]:
    found = Withdrawal.objects.filter(record_id__in=records, undone_at=None)
    return set(found.values_list("record_id", flat=True))


def _code(record: UUID, digest: str, standing: dict[UUID, str], withdrawn: set[UUID]) -> str:
    if record in withdrawn:
        return WITHDRAWN
    return SAME if standing.get(record) == digest else DIFFERS
