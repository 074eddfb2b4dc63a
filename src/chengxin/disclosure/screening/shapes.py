"""What is asked of a screening, and what it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import Hit, Matter, Status

CLEAR = hashlib.sha256(b"").hexdigest()
"""The digest of an outcome without a hit."""
UNTOLD = ""
"""In the place of a digest: nothing was told of this subject yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One subject to be screened. The kind of code is declared, never inferred; a person needs code and name."""

    subject_kind: str
    code_kind: CodeKind
    code: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Screening:
    """One request: subjects, for one matter, with the number of the case in hand and the article it stands on."""

    actor: User
    matter: str
    matter_no: str
    statute: str
    subjects: tuple[Asked, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GivenHit:
    """A hit as a unit is given it: ``number`` is what feedback is reported under, by ``due_on``."""

    number: UUID
    due_on: date
    hit: Hit


class Result(NamedTuple):
    """What became of one subject. ``name_agrees`` is False when an organisation's code is known under other names."""

    position: int
    status: Status
    access: UUID
    hits: tuple[GivenHit, ...] = ()
    name_agrees: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request, in the order it asked; ``entry`` proves it. ``overdue`` counts unanswered hits."""

    entry: int
    at: datetime
    as_of: date
    matter: Matter
    matter_no: str
    basis_ref: str
    results: tuple[Result, ...]
    overdue: int
    warned: bool
