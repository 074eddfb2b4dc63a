"""What a record is made of before it stands in the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from chengxin.catalogue.models import ItemVersion
from chengxin.registry.models import Subject
from chengxin.rules.dated import Step
from chengxin.rules.periods import Periods
from chengxin.storage import jsontext
from chengxin.vault import services as vault

_write = jsontext.writer(sort_keys=True)


def key_of(steps: Sequence[Mapping[str, str]]) -> str:
    """Return the SHA-256 of the steps of a derivation."""
    return hashlib.sha256(_write(steps).encode()).hexdigest()


@dataclass(frozen=True)
class Assessed:
    """What dated law makes of a record: how grave it is, why, and until when it may be seen and used.

    ``uncertain`` says that the penalty kind is unclear and an officer has to read the document.
    """

    grade: str
    periods: Periods
    why: tuple[Step, ...] = ()
    uncertain: bool = False

    @cached_property
    def derived_by(self) -> str:
        """Return the key under which the derivation is kept: its SHA-256, so equal reasons have one key."""
        return key_of(self.derivation)

    @cached_property
    def derivation(self) -> list[dict[str, str]]:
        """Return every step from the decision to the last day, the grade's reasons first, each with its basis."""
        steps = (*self.why, *self.periods.derivation)
        return [{"zh": step.zh, "en": step.en, "basis": str(step.basis or "")} for step in steps]


@dataclass(frozen=True, slots=True)
class Holder:
    """What a draft needs of a subject, without a model object for each row of a long file."""

    id: UUID
    kind: str
    key: vault.AnyKey


@dataclass(frozen=True)
class Draft:
    """One fact ready for admission. ``content`` holds no personal field; ``personal`` is what will be sealed.

    ``doubt`` is a question that only people can settle, a code of ``KindQuestion.REASONS``, or empty.
    """

    subject: Subject | Holder
    item: ItemVersion
    document_no: str
    document_date: date
    authority_code: str
    authority_name: str
    evidence: str
    assessed: Assessed
    content: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    doubt: str = ""

    @property
    def about_person(self) -> bool:
        """Tell whether the record is about a natural person, whose whole content is then sealed."""
        return self.subject.kind == "person"


Fact = tuple[str, str, UUID]
"""Authority, document number and subject of a row."""


def sameness(drafts: Iterable[Draft]) -> list[str]:
    """Return the keys under which the same fact is admitted only once: item, authority, document number, subject.

    They are keyed hashes, because a document number about a person is personal content.
    """
    return sameness_of((d.item.item.code, d.authority_code, d.document_no, d.subject.id) for d in drafts)


def sameness_of(facts: Iterable[tuple[str, str, str, UUID]]) -> list[str]:
    """Return the keys of facts told as item, authority, document number and subject, in order."""
    index = vault.blind_indexer("record")
    return [index(_same(*fact)) for fact in facts]


def sameness_in(subject: UUID, item: str, authority: str, document_no: str) -> str:
    """Return the key under which a fact would be admitted about a subject."""
    return vault.blind_indexer("record")(_same(item, authority, document_no, subject))


def _same(item: str, authority: str, document_no: str, subject: UUID) -> str:
    return f"{item}\x1f{authority}\x1f{document_no}\x1f{subject}"
