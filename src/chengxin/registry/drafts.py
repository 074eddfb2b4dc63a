"""What a record is made of before it stands in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from chengxin.catalogue.models import ItemVersion
from chengxin.registry.models import Subject
from chengxin.rules.dated import Step
from chengxin.rules.periods import Periods
from chengxin.vault import services as vault


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
    def derivation(self) -> list[dict[str, str]]:
        """Return every step from the decision to the last day, the grade's reasons first, each with its basis."""
        steps = (*self.why, *self.periods.derivation)
        return [{"zh": step.zh, "en": step.en, "basis": str(step.basis or "")} for step in steps]


@dataclass(frozen=True)
class Draft:
    """One fact ready for admission. ``content`` holds no personal field; ``personal`` is what will be sealed."""

    subject: Subject
    item: ItemVersion
    document_no: str
    document_date: date
    authority_code: str
    authority_name: str
    evidence: str
    assessed: Assessed
    content: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about_person(self) -> bool:
        """Tell whether the record is about a natural person, whose whole content is then sealed."""
        return self.subject.kind == "person"


def sameness(draft: Draft) -> str:
    """Return the key under which the same fact is admitted only once: item, authority, document number, subject.

    It is a keyed hash, because a document number about a person is personal content.
    """
    parts = (draft.item.item.code, draft.authority_code, draft.document_no, draft.subject.id)
    return vault.blind_index("record", "\x1f".join(str(part) for part in parts))
