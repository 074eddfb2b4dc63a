"""A small world for the gate: one firm and one person with records, one officer of a unit that queries."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests import factories

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.registry.models import Subject


@dataclass
class World:
    """Whoever the tests of this room need."""

    firm: Subject
    person: Subject
    officer: User
    citizen: User


@pytest.fixture
def world(db) -> World:
    """Return a firm and a person, each with one penalty, an officer who may enquire, and the person's own account."""
    factories.law()
    firm, person = factories.firm(), factories.person()
    factories.record(firm)
    factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    return World(firm, person, officer, factories.citizen(person))
