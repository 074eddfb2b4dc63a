"""A small world behind the HTTP API: a firm and a person with a record each, and the systems of two units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.registry.models import Subject
from chengxin.ui import clock

PURPOSES = ("submission", "feed", "licensing", "bank_credit")


@dataclass
class System:
    """One unit's system: its client, its token, and calls that carry it."""

    client: ApiClient
    token: str

    def get(self, path: str, **query: Any) -> HttpResponse:
        return Client().get(f"/api/v1{path}", query, headers=self.headers())

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return Client().post(
            f"/api/v1{path}", body, content_type="application/json", headers={**self.headers(), **headers}
        )

    def send(self, parts: dict[str, Any], path: str = "/submissions", **headers: str) -> HttpResponse:
        return Client().post(f"/api/v1{path}", parts, headers={**self.headers(), **headers})

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    """Whoever the tests of this door need."""

    firm: Subject
    person: Subject
    citizen: User
    operator: User
    ours: System
    theirs: System

    def system(self, code: str, *purposes: str) -> System:
        issued = clients.issue(factories.agency(code), purposes, self.operator, clock.now())
        return System(issued.client, issued.token)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.moved_to(factories.TODAY):
        factories.law()
        firm, person = factories.firm(), factories.person()
        factories.record(firm)
        factories.record(person)
        operator = factories.user("operator", Role.CENTRE_OPERATOR)
        made = World(firm, person, factories.citizen(person), operator, None, None)  # type: ignore[arg-type]
        made.ours = made.system(factories.OTHER_AGENCY, *PURPOSES)
        made.theirs = made.system(factories.AGENCY, *PURPOSES)
        yield made


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """Return the body of a problem, after checking that it is a whole one."""
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert body["detail"] and body["detail_en"] and body["type"] == f"urn:chengxin:problem:{code}"
    return body
