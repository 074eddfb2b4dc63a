"""Eight officers decide one case at once: exactly one decision, each time; and what happens without the guard."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.cases import services
from chengxin.cases.models import Case, CaseEvent
from chengxin.rules.errors import Refusal

THREADS = 8
# The acceptance run is 300 races: CHENGXIN_RACES=300; each of the two tests below takes half of them.
RACES = int(os.environ.get("CHENGXIN_RACES", "40"))


def officers() -> list[User]:
    centre = factories.agency(factories.OTHER_AGENCY)
    return [factories.user(f"decider{n}", Role.DECIDER, of=centre) for n in range(THREADS)]


def proposed(reviewer: User, centre: User, applicant: User) -> Case:
    case = services.open_case(
        "objection",
        subject=applicant.pk,
        applicant_mailbox=applicant.pk,
        respondent=None,
        actor=applicant,
        now=NOW,
        today=TODAY,
        facts={},
    )
    services.act(case.id, "accept", actor=centre, own_files=(), now=NOW)
    return services.act(
        case.id, "propose", actor=reviewer, own_files=(), now=NOW, note="拟", data={"outcome": "upheld"}
    )


def race(deciders: list[User], decide: Callable[[User], None]) -> int:
    """Let everybody decide at once and return how many were told that they did."""
    barrier = Barrier(THREADS)

    def one(decider: User) -> int:
        barrier.wait()
        try:
            decide(decider)
        except Refusal:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, deciders))


def guarded(case: Case, expected: int | None) -> Callable[[User], None]:
    def decide(decider: User) -> None:
        data = {"outcome": "upheld", "remedy": "复核"}
        services.act(
            case.id, "decide", actor=decider, own_files=(), now=NOW, note="同意", data=data, expected_version=expected
        )

    return decide


def naive(case: Case, together: Barrier) -> Callable[[User], None]:
    """Look, then write, as code without the guard would: read the state, find it open, set it."""

    def decide(decider: User) -> None:
        seen = Case.objects.get(pk=case.pk).state
        together.wait()
        if seen == "proposed":
            Case.objects.filter(pk=case.pk).update(state="decided", decider=decider)

    return decide


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seen", ["with the version they saw", "without a version"])
def test_one_decision_in_every_race(seen):
    deciders = officers()
    people = [factories.user(name, role) for name, role in (("r", Role.REVIEWER), ("c", Role.CENTRE_OPERATOR))]
    applicant = factories.user("a", Role.CITIZEN)
    for _ in range(RACES // 2):
        case = proposed(*people, applicant)
        expected = case.version if seen.startswith("with the") else None
        assert race(deciders, guarded(case, expected)) == 1
        assert CaseEvent.objects.filter(case=case, action="decide").count() == 1
        after = Case.objects.get(pk=case.pk)
        assert (after.state, after.version) == ("decided", case.version + 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_everybody_decides():
    deciders, reviewer = officers(), factories.user("r", Role.REVIEWER)
    case = proposed(reviewer, factories.user("c", Role.CENTRE_OPERATOR), factories.user("a", Role.CITIZEN))
    assert race(deciders, naive(case, Barrier(THREADS))) == THREADS
