"""待入库分包: rows in order lie sealed in parcels, so that an interruption loses none, until their batch is admitted.

A row written once, in its last state, costs a third of a row that is written, read back and written again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from chengxin.intake.models import Parcel
from chengxin.intake.reading import Reading, text_of
from chengxin.intake.reasons import Stored
from chengxin.storage import jsontext
from chengxin.vault import services as vault
from chengxin.vault.services import Place

_QUICKLY: Final = 1
# Rows of one file are alike: pressed together they take a tenth of the space, which costs less than writing it would.
SIZE = 5_000
"""Rows of a parcel, which is what one transaction admits; it bounds memory."""
BEHIND: Final = 1_000_000
"""Parcels from this number on are admitted one after another when all others are, in the order of their numbers."""


@dataclass(slots=True)
class Parked:
    """A row in order as it lay in its parcel."""

    row_no: int
    findings: list[Stored]
    fingerprint: str
    raw: Sequence[str]
    reading: Reading


class Packer:
    """Packs rows into one body after another; needs no database, so several processes may pack parts of one file."""

    def __init__(self, fingerprint: Callable[[str], str]) -> None:
        self._fingerprint = fingerprint
        self._rows: list[str] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row_no: int, found: list[Stored], cells: Sequence[str], reading: Reading) -> None:
        """Put a row into the present body."""
        text = reading.canonical()
        findings, raw = text_of(found) if found else "[]", text_of(cells)
        self._rows.append(f'[{row_no},{findings},"{self._fingerprint(text)}",{raw},{text}]')

    def body(self) -> bytes:
        """Return the rows packed so far and begin anew."""
        whole, self._rows = zlib.compress(f"[{','.join(self._rows)}]".encode(), _QUICKLY), []
        return whole


class Parcels:
    """Puts packed rows of one submission away in sealed parcels, in the caller's transaction."""

    def __init__(self, submission: UUID, sealer: vault.Sealer) -> None:
        self._submission, self._sealer, self._number = submission, sealer, 0

    def put(self, body: bytes, rows: int) -> None:
        """Seal a packed body and keep it as the next parcel, if there are rows in it."""
        if rows:
            self._number += 1
            sealed = self._sealer.seal(body, _place(self._submission, self._number))
            Parcel(submission_id=self._submission, number=self._number, rows=rows, sealed=sealed).save()

    def behind(self, packer: Packer) -> None:
        """Let some rows be admitted after all those before."""
        self._number, rows = BEHIND, len(packer)
        self.put(packer.body(), rows)


def of(submission: UUID) -> QuerySet[Parcel]:
    """Return the parcels of a submission."""
    return Parcel.objects.filter(submission=submission)


def free(submission: UUID) -> Parcel | None:
    """Return a parcel nobody has in hand, held until the transaction ends; one that comes behind waits for the others.

    On a database with one writer at a time every parcel is free.
    """
    skip = connection.features.has_select_for_update_skip_locked
    before = of(submission).filter(number__lt=BEHIND)
    found = before.select_for_update(skip_locked=skip).order_by("number").first()
    if found or before.exists():
        return found
    return of(submission).select_for_update().order_by("number").first()


def opened(parcel: Parcel, sealer: vault.Sealer) -> list[Parked]:
    """Return the rows of a parcel; raises Tampered."""
    packed = sealer.open(bytes(parcel.sealed), _place(parcel.submission_id, parcel.number))
    whole: list[Any] = jsontext.read(zlib.decompress(packed))
    return [Parked(no, findings, digest, raw, Reading(**reading)) for no, findings, digest, raw, reading in whole]


def _place(submission: UUID, number: int) -> Place:
    return Place("intake_parcel", "sealed", f"{submission}:{number}")
