"""A firm and a person with records, their users, and somebody else; the day after they were filed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories, stages
from tests.factories import TODAY
from tests.stages import Stage

from chengxin.accounts.models import User
from chengxin.registry.models import Subject

NEXT_DAY = TODAY + timedelta(days=1)


@dataclass(frozen=True)
class Town:
    """Who lives in the tests of this door."""

    firm: Subject
    firm_record: UUID
    firm_user: User
    person: Subject
    person_record: UUID
    person_user: User
    stranger: User
    officer: User
    stage: Stage


@pytest.fixture
def town(transactional_db, settings) -> Town:
    settings.DEMO_DAY = NEXT_DAY.isoformat()
    stage = stages.stage()
    person = factories.person()
    stranger = factories.citizen(factories.person(factories.OTHER_CITIZEN, "顾南星"), "stranger")
    return Town(
        firm=stage.subject,
        firm_record=stage.record,
        firm_user=stage.applicant,
        person=person,
        person_record=factories.record(person, document_no="示交罚〔2026〕7号"),
        person_user=factories.citizen(person, "self"),
        stranger=stranger,
        officer=stage.clerk,
        stage=stage,
    )


def browser(user: User | None = None) -> Client:
    """Return a client signed in as a user; errors come out as pages, as they do for people."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def body(answer: HttpResponse) -> str:
    """Return a page without what differs by request: the token against forged posts, and the address asked for."""
    plain = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return re.sub(r'name="next" value="[^"]*"', "", plain)
