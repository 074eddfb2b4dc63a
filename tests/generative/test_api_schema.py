"""Whatever is sent to any operation, the answer is one that the OpenAPI document declares, never a fault of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests import factories
from tests.factories import TODAY

from chengxin.accounts import clients
from chengxin.accounts.roles import Role
from chengxin.api.schema import document
from chengxin.config.wsgi import application
from chengxin.disclosure import feed
from chengxin.ledger import services as ledger
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
PROPER = int(os.environ.get("CHENGXIN_CASES", "300"))
IMPROPER, STRANGE = PROPER // 3, PROPER // 12
"""Requests to each operation: as the document asks, against the document, and without a token."""
CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(generation=GenerationConfig(deterministic=True, with_security_parameters=False))
    )
)
# Read from the code, not over HTTP: tests are collected before there is a database.
schema = schemathesis.openapi.from_dict(document(), config=CONFIG)
schema.app = application
OPERATIONS = {each.ok().label: each.ok() for each in schema.get_all_operations()}
bounded = partial(settings, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture
def token(db: None) -> Iterator[str]:
    """Return the token of a unit's system that may do everything a system can, in a small world."""
    for signal in (request_started, request_finished):  # A test's transaction outlives its requests.
        signal.disconnect(close_old_connections)
    with clock.moved_to(TODAY):
        factories.law()
        factories.record(factories.firm())
        factories.record(factories.person())
        agency = factories.agency()
        feed.contract(agency, "supervision", "GX-1", since=TODAY, until=TODAY)
        feed.collect(clock.now(), TODAY)
        ledger.sequence(now=clock.now())
        operator = factories.user("operator", Role.CENTRE_OPERATOR)
        purposes = [
            *("submission", "feed", "licensing", "procurement", "bank_credit", "litigation"),
            *("screening", "qualification_review"),
        ]
        yield clients.issue(agency, purposes, operator, clock.now()).token
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def takes_anything(operation: Any) -> bool:
    """Tell whether an operation takes a parameter or a body; without either no request can be improper."""
    return bool(operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody"))


def sent(case: schemathesis.Case, token: str) -> None:
    """Send one request with a token; any file, rows or day are proper by the document, though hardly ever right."""
    beyond_the_document = ("/submissions", "/submissions/archive", "/submissions/rows", "/reports")
    excluded = [positive_data_acceptance] if case.operation.path.endswith(beyond_the_document) else []
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=excluded)


def hold(label: str, mode: GenerationMode, cases: int, check: Callable[[schemathesis.Case], None]) -> None:
    """Run a check over examples of one operation, inside the transaction of the present test."""

    @bounded(max_examples=cases)
    @given(OPERATIONS[label].as_strategy(generation_mode=mode))
    def every(case: schemathesis.Case) -> None:
        check(case)

    every()


@pytest.mark.parametrize("label", OPERATIONS)
def test_a_proper_request_gets_a_declared_answer(token: str, label: str) -> None:
    hold(label, GenerationMode.POSITIVE, PROPER, lambda case: sent(case, token))


@pytest.mark.parametrize("label", [label for label, each in OPERATIONS.items() if takes_anything(each)])
def test_an_improper_request_is_refused_in_a_declared_way(token: str, label: str) -> None:
    hold(label, GenerationMode.NEGATIVE, IMPROPER, lambda case: sent(case, token))


@pytest.mark.parametrize("label", OPERATIONS)
def test_without_a_token_too(token: str, label: str) -> None:
    def check(case: schemathesis.Case) -> None:
        case.headers.pop("Authorization", None)
        response = case.call_and_validate()
        if OPERATIONS[label].definition.raw.get("security"):
            assert response.status_code == 401

    hold(label, GenerationMode.POSITIVE, STRANGE, check)
