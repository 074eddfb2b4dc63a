"""A row as it was read: what the registry will be told, ready to be sealed until it is admitted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from chengxin.accounts.models import Agency
from chengxin.rules.layouts import Field, FieldType, Layout, Role
from chengxin.rules.text import document_no, normalise
from chengxin.rules.validation.dates import UNLIMITED
from chengxin.vault import services as vault
from chengxin.vault.services import Place

NO_END = "长期"
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Reading:
    """One valid row: its subject as declared, its document, and its content without and with personal fields."""

    kind: str
    name: str
    certificate: str
    number: str
    document_no: str
    document_date: str
    authority_code: str
    authority_name: str
    clear: dict[str, Any]
    personal: dict[str, Any]

    def canonical(self) -> str:
        """Return the reading as one text in which equal readings are equal; content stands in the layout's order."""
        return _write(dict(zip(_NAMES, _VALUES(self), strict=True)))


_NAMES = Reading.__slots__
_VALUES = attrgetter(*_NAMES)


class Reader:
    """Reads typed lines of one layout; built once per file because finding the columns is the slow part."""

    def __init__(self, layout: Layout, columns: Sequence[str], agency: Agency, today: date) -> None:
        at = {code: place for place, code in enumerate(columns)}
        self._fields = [(field, at[field.code], _SHOWN.get(field.type, _text)) for field in layout.fields]
        self._role = {field.role: field for field in layout.fields if field.role}
        self._at = at
        self._layout, self._agency, self._today = layout, agency, today

    def read(self, line: Sequence[Any], raw: Mapping[str, str]) -> Reading:
        """Return the reading of a typed line; ``raw`` are the texts by field code, kept beside amounts."""
        person = line[self._at["subject_kind"]] == "person"
        clear, personal = self._content(line, raw, person)
        choice = self._role.get(Role.PERSON_CERTIFICATE)
        declared = choice.choice(self._of(line, Role.PERSON_CERTIFICATE)) if person and choice else None
        return Reading(
            kind=line[self._at["subject_kind"]] or "",
            name=_normalise(self._of(line, Role.SUBJECT_NAME)),
            certificate=declared.means if declared else "",
            number=self._of(line, Role.PERSON_NUMBER if person else Role.SUBJECT_USCC),
            document_no=document_no(self._of(line, Role.DOCUMENT_NO)),
            document_date=self._of(line, Role.DECIDED_ON) or self._today.isoformat(),
            authority_code=self._of(line, Role.AUTHORITY_CODE) or self._agency.uscc,
            authority_name=_normalise(self._of(line, Role.AUTHORITY_NAME)) or self._agency.name_zh,
            clear=clear,
            personal=personal,
        )

    def absent(self, line: Sequence[Any], roles: Sequence[Role]) -> Field | None:
        """Return the first field among these roles that the layout has and the line leaves empty."""
        fields = (self._role.get(role) for role in roles)
        return next((field for field in fields if field and line[self._at[field.code]] is None), None)

    def text(self, line: Sequence[Any], role: Role) -> str:
        """Return the text of the field that plays a role, "" when there is none."""
        return self._of(line, role)

    def field(self, role: Role) -> str:
        """Return the code of the field that plays a role, "" when the layout has none."""
        found = self._role.get(role)
        return found.code if found else ""

    def _of(self, line: Sequence[Any], role: Role) -> str:
        field = self._role.get(role)
        value = line[self._at[field.code]] if field else None
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def _content(
        self, line: Sequence[Any], raw: Mapping[str, str], person: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        clear: dict[str, Any] = {}
        personal: dict[str, Any] = {}
        for field, place, show in self._fields:
            value = line[place]
            if value is not None:
                # What the law publishes about an organisation stands in clear; free text is masked where it is shown.
                sealed = field.personal and (person or not field.published)
                (personal if sealed else clear)[field.code] = show(value, raw.get(field.code, ""))
        return clear, personal


# Authorities, categories and grounds come back in row after row.
_normalise = lru_cache(maxsize=4096)(normalise)


def _text(value: Any, _raw: str) -> Any:
    return _normalise(value)


def _day(value: date, _raw: str) -> str:
    return NO_END if value == UNLIMITED else value.isoformat()


def _amount(fen: int, raw: str) -> dict[str, Any]:
    return {"fen": fen, "original": normalise(raw), "unit": "万元"}


_SHOWN: dict[FieldType, Callable[[Any, str], Any]] = {
    FieldType.DATE: _day,
    FieldType.UNTIL: _day,
    FieldType.WAN: _amount,
}


def place(submission: UUID, row_no: int) -> Place:
    """Where a row is sealed."""
    return Place("intake_submissionrow", "sealed", f"{submission}:{row_no}")


def seal(sealer: vault.Sealer, submission: UUID, row_no: int, raw: Sequence[str], reading: str) -> bytes:
    """Seal a row: the cells as sent and, for a row in order, the canonical text of its reading ("" otherwise)."""
    whole = f"{_write(list(raw))}\n{reading}"
    return sealer.seal(whole.encode(), place(submission, row_no))


def unseal(sealer: vault.Sealer, submission: UUID, row_no: int, sealed: bytes) -> tuple[list[str], Reading | None]:
    """Return the cells and the reading of a sealed row; raises Tampered."""
    raw, _, reading = sealer.open(sealed, place(submission, row_no)).decode().partition("\n")
    return json.loads(raw), Reading(**json.loads(reading)) if reading else None


def unseal_reading(sealer: vault.Sealer, submission: UUID, row_no: int, sealed: bytes) -> Reading | None:
    """Return only the reading of a sealed row; raises Tampered."""
    reading = sealer.open(sealed, place(submission, row_no)).decode().partition("\n")[2]
    return Reading(**json.loads(reading)) if reading else None


def fingerprinter() -> Callable[[str], str]:
    """Return what makes the keyed digest by which two readings can be told equal without keeping either."""
    return vault.blind_indexer("intake_row")
