"""A row as it was read: what the registry will be told, ready to be sealed until it is admitted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import polars as pl

from chengxin.accounts.models import Agency
from chengxin.rules.layouts import Field, FieldType, Layout, Role
from chengxin.rules.money import in_wan
from chengxin.rules.text import document_no, normalise
from chengxin.rules.validation.dates import UNLIMITED
from chengxin.storage import jsontext
from chengxin.vault import services as vault
from chengxin.vault.services import Place

NO_END = "长期"
text_of = jsontext.writer()
"""Writes any part of a row as one text."""

Shown = dict[str, Any]


class Reading(NamedTuple):
    """One valid row: its subject as declared, its document, and its content without and with personal fields."""

    kind: str
    name: str
    certificate: str
    number: str
    document_no: str
    document_date: str
    authority_code: str
    authority_name: str
    clear: Shown
    personal: Shown

    def canonical(self) -> str:
        """Return the reading as one text in which equal readings are equal; content stands in the layout's order."""
        return text_of(self._asdict())


class Reader:
    """Reads typed columns of one layout; built once per file because finding the columns is the slow part."""

    def __init__(self, layout: Layout, agency: Agency, today: date) -> None:
        self._layout, self._agency, self._today = layout, agency, today
        self._role = {field.role: field for field in layout.fields if field.role}
        self._choice = self._role.get(Role.PERSON_CERTIFICATE)
        self.amounts = frozenset(field.code for field in layout.fields if field.type is FieldType.WAN)
        self._means = lru_cache(maxsize=64)(self._certificate)

    def read(self, typed: pl.DataFrame, raw: Mapping[str, Sequence[str]]) -> list[Reading]:
        """Return the readings of typed lines; ``raw`` are the texts by field code, kept beside amounts."""
        kinds = [kind or "" for kind in typed["subject_kind"]]
        contents = self._contents(typed, raw, [kind == "person" for kind in kinds])
        declared = zip(
            kinds,
            map(normalised, self.texts(typed, Role.SUBJECT_NAME)),
            self.texts(typed, Role.PERSON_CERTIFICATE),
            self.texts(typed, Role.PERSON_NUMBER),
            self.texts(typed, Role.SUBJECT_USCC),
            map(_document_no, self.texts(typed, Role.DOCUMENT_NO)),
            self.texts(typed, Role.DECIDED_ON),
            self.texts(typed, Role.AUTHORITY_CODE),
            map(normalised, self.texts(typed, Role.AUTHORITY_NAME)),
            contents,
            strict=True,
        )
        today, code, name = self._today.isoformat(), self._agency.uscc, self._agency.name_zh
        return [
            Reading(
                kind,
                called,
                self._means(certificate) if kind == "person" else "",
                person if kind == "person" else uscc,
                document,
                decided or today,
                authority or code,
                at_agency or name,
                *content,
            )
            for kind, called, certificate, person, uscc, document, decided, authority, at_agency, content in declared
        ]

    def absent(self, typed: pl.DataFrame, roles: Sequence[Role]) -> list[str]:
        """Return for every line the first field among these roles that the layout has and the line leaves empty."""
        found = [""] * len(typed)
        for field in (self._role.get(role) for role in reversed(roles)):
            if field:
                for place in typed[field.code].is_null().arg_true():
                    found[place] = field.code
        return found

    def texts(self, typed: pl.DataFrame, role: Role) -> list[str]:
        """Return the texts of the field that plays a role, "" where there is none."""
        field = self._role.get(role)
        if field is None:
            return [""] * len(typed)
        return [_iso(value) if isinstance(value, date) else str(value or "") for value in typed[field.code]]

    def field(self, role: Role) -> str:
        """Return the code of the field that plays a role, "" when the layout has none."""
        found = self._role.get(role)
        return found.code if found else ""

    def answers_for(self, role: Role) -> bool:
        """Tell whether the field that plays a role holds the code of the body that answers for the row."""
        found = self._role.get(role)
        return found is not None and found.public_body

    def _certificate(self, text: str) -> str:
        chosen = self._choice.choice(text) if self._choice else None
        return chosen.means if chosen else ""

    def _contents(
        self, typed: pl.DataFrame, raw: Mapping[str, Sequence[str]], persons: Sequence[bool]
    ) -> list[tuple[Shown, Shown]]:
        """Return the clear and the personal content of every line, each column made presentable as a whole."""
        columns = [_shown(field, typed[field.code], raw.get(field.code)) for field in self._layout.fields]
        # What the law publishes about an organisation stands in clear; free text is masked where it is shown.
        of_person, of_firm = self._split(lambda field: True), self._split(lambda field: not field.published)
        return [
            (_held(clear, line), _held(personal, line))
            for line, (clear, personal) in zip(
                zip(*columns, strict=True), (of_person if person else of_firm for person in persons), strict=True
            )
        ]

    def _split(self, hides: Callable[[Field], bool]) -> tuple[Places, Places]:
        places = [
            (field.code, place, field.personal and hides(field)) for place, field in enumerate(self._layout.fields)
        ]
        clear = [(code, place) for code, place, sealed in places if not sealed]
        return clear, [(code, place) for code, place, sealed in places if sealed]


Places = list[tuple[str, int]]


def _held(places: Places, line: Sequence[Any]) -> Shown:
    return {code: value for code, place in places if (value := line[place]) is not None}


# Authorities, categories and grounds come back in row after row.
normalised = lru_cache(maxsize=4096)(normalise)
_iso = lru_cache(maxsize=4096)(date.isoformat)


def _document_no(text: str) -> str:
    return document_no(text) if text else ""


def _shown(field: Field, column: pl.Series, raw: Sequence[str] | None) -> list[Any]:
    """Return a column as records hold it: dates as text, amounts beside what was written."""
    values = column.to_list()
    if field.type in (FieldType.DATE, FieldType.UNTIL):
        return [value and (NO_END if value == UNLIMITED else _iso(value)) for value in values]
    if field.type is FieldType.WAN:
        written = raw or [""] * len(values)
        return [None if fen is None else _amount(fen, text) for fen, text in zip(values, written, strict=True)]
    return [None if value is None else normalised(value) for value in values]


def _amount(fen: int, raw: str) -> Shown:
    # An amount that stood in no cell of its own, but in a text, is shown as it was understood.
    return {"fen": fen, "original": normalised(raw) or in_wan(fen), "unit": "万元"}


def place(submission: UUID, row_no: int) -> Place:
    """Where a row is sealed."""
    return Place("intake_submissionrow", "sealed", f"{submission}:{row_no}")


def seal(sealer: vault.Sealer, submission: UUID, row_no: int, raw: Sequence[str], reading: str) -> bytes:
    """Seal a row: the cells as sent and, for a row in order, the canonical text of its reading ("" otherwise)."""
    whole = f"{text_of(raw)}\n{reading}"
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
