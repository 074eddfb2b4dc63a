"""A unit that reads, two auditors of the centre, and reads written through the gate's own pen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from tests import factories
from tests.factories import NOW

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Role
from chengxin.disclosure import accesses
from chengxin.disclosure.models import Outcome
from chengxin.registry.models import Subject


@dataclass
class Desk:
    """Whoever the tests of this room need."""

    unit: Agency
    officer: User
    colleague: User
    first: User
    second: User
    person: Subject


def look(actor: User, subject: Subject | None, at: datetime, matter: str = "苏甲办〔2026〕1号", **changed: Any):
    """Write one read down as the gate does."""
    parts: dict[str, Any] = {
        "role": "enquirer", "purpose": "licensing", "outcome": Outcome.ANSWERED, "basis_kind": "statute",
        "basis_ref": "《示例法》第一条", **changed,
    }  # fmt: skip
    key = subject.key if subject else None
    with transaction.atomic():
        pk, _entry = accesses.write(
            accesses.Read(actor=actor, subject=subject.pk if subject else None, key=key, matter_no=matter, **parts), at
        )
    return pk


def yesterday(hours: float = 0) -> datetime:
    return NOW - timedelta(days=1) + timedelta(hours=hours)


@pytest.fixture
def desk(db) -> Desk:
    factories.law()
    unit = factories.agency(factories.OTHER_AGENCY)
    centre = factories.agency(factories.AGENCY, runs_platform=True)
    return Desk(
        unit,
        factories.user("officer", Role.ENQUIRER, of=unit),
        factories.user("colleague", Role.ENQUIRER, of=unit),
        factories.user("first", Role.AUDITOR, of=centre),
        factories.user("second", Role.AUDITOR, of=centre),
        factories.person(),
    )
