"""Every unsafe operation, sent twice under one key: the same answer, one effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from tests.api_operations import NO_KEY, PUSHED_TO, Call, asked, body, calls, unsafe
from tests.integration.api.conftest import problem
from tests.visited import as_in_a_test, world_for_a_module

from chengxin.accounts import clients
from chengxin.disclosure.models import OrderLine
from chengxin.disclosure.orders import orders
from chengxin.ui import clock

world = world_for_a_module
KEY, OTHER = "the-same-key-01", "another-key-0001"
# A look at a person's file is another look when it is repeated: another leaf, and its row; nothing else.
LOOKS = {"enquire", "screen", "watch", "issue_report", "take_results"}
OF_A_LOOK = {"ledger_entry", "ledger_opening", "disclosure_access", "disclosure_screeningmatter"}
# What the answer says of the repeat itself, and what is shown of a person's record once, with the leaf of that look.
NOT_REPEATED = {"repeated", "changes", "findings"}


@pytest.fixture
def operations(world, settings):
    settings.CHENGXIN_PUSH_HOSTS = [PUSHED_TO]
    with as_in_a_test():
        yield calls(world)


def rows() -> dict[str, int]:
    """Return how many rows every table has."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def grown(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name, count in after.items() if count != before[name]}


def said(answer: Any, operation: str) -> Any:
    told = answer.json()
    if operation in {"enquire", "screen", "watch"}:
        return None  # Every look has a moment and a leaf of its own.
    if isinstance(told, dict):
        told = {name: each for name, each in told.items() if name not in NOT_REPEATED}
        told.get("evidence", {}).pop("index", None)  # Known only once the leaf has its place in the tree.
    return told


@pytest.mark.django_db
def test_every_unsafe_operation_is_sent_twice_here(operations):
    assert set(operations) | set(NO_KEY) == set(unsafe()), "say here how these are sent, or why they take no key"
    assert not set(operations) & set(NO_KEY)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", sorted(set(unsafe()) - set(NO_KEY)))
def test_the_same_request_under_the_same_key_has_one_effect_and_one_answer(world, operations, operation):
    call = operations[operation]
    browser = world.browser(call.who)
    if operation == "undo_withdrawal":
        assert operations["withdraw_record"].by(browser).status_code == 201
    before = rows()
    first = call.by(browser, KEY)
    assert first.status_code in (200, 201), first.content.decode()[:600]
    between = rows()
    again = call.by(browser, KEY)
    assert again.status_code in (200, 201), again.content.decode()[:600]
    assert "accounts_usedkey" in grown(before, between)
    assert grown(between, rows()) <= (OF_A_LOOK if operation in LOOKS else set())
    assert said(again, operation) == said(first, operation)
    clients.use_key(world.systems[call.who].client, OTHER, "0" * 64, clock.now())
    problem(call.by(browser, OTHER), 409, "idempotency_key_reused")


@pytest.mark.django_db
def test_what_is_refused_leaves_the_key_unused(world, operations):
    browser = world.browser("taker system")
    wrong = Call("taker system", "/reports", body(asked() | {"matter_no": ""}))
    problem(wrong.by(browser, KEY), 403, "no_matter")
    assert operations["issue_report"].by(browser, KEY).status_code == 200


@pytest.mark.django_db
def test_results_are_had_again_under_their_key_for_a_day_and_then_gone(world, operations):
    call, browser = operations["take_results"], world.browser("taker system")
    order = world.parts["<order>"][0]
    first = call.by(browser, KEY).json()
    problem(call.by(browser, OTHER), 422, "cannot_order")
    problem(call.by(browser), 422, "cannot_order")
    tomorrow, after = (clock.today() + timedelta(days=each) for each in (1, 2))
    with clock.moved_to(tomorrow):
        assert call.by(browser, KEY).json() == first
        assert orders.forget(tomorrow) == 0
    with clock.moved_to(after):
        problem(call.by(browser, KEY), 422, "cannot_order")
        assert orders.forget(after) > 0
    assert not OrderLine.objects.filter(order=order, result__isnull=False).exists()


@pytest.mark.django_db
def test_results_taken_without_a_key_are_kept_no_longer(world, operations):
    assert operations["take_results"].by(world.browser("taker system")).status_code == 200
    assert not OrderLine.objects.filter(order=world.parts["<order>"][0], result__isnull=False).exists()
