"""Every unsafe operation of the API with the ledger broken: refused, no word of the person, and nothing half done.

The operations come from the OpenAPI document; one that is neither asked here nor excused fails.
"""

from __future__ import annotations

import logging

import pytest
from django.apps import apps
from tests import everybody
from tests.api_operations import NO_KEY, PUSHED_TO, calls, unsafe
from tests.everybody import SONG
from tests.visited import as_in_a_test, broken_ledger, world_for_a_module

from chengxin.disclosure.models import Access

pytestmark = pytest.mark.django_db
world = world_for_a_module
# These change or tell nothing about a person that the ledger would have to know; with it broken they go on.
WITHOUT_LEAF = {
    "confirm": "the receipts of deltas are rows of their own; they say nothing of anybody",
    "unwatch": "ends watches of the unit itself; no file is read",
    "unwatch_subjects": "ends watches of the unit itself; no file is read",
    "screening_webhook": "where a unit's own events go",
    "search_own_records": "the unit's own list, without personal values",
}
# What may be left behind by a request that was refused: nothing but who came, and a key that is used.
LEFT = {"accounts_usedkey"}


@pytest.fixture
def operations(world, settings):
    settings.CHENGXIN_PUSH_HOSTS = [PUSHED_TO]
    with as_in_a_test():
        yield calls(world)


def rows() -> dict[str, list[object]]:
    """Return the whole content of every table."""
    return {model._meta.db_table: sorted(map(repr, model._base_manager.values_list())) for model in apps.get_models()}


def sang(content: bytes) -> bool:
    text = everybody.unpacked(content).decode(errors="replace")
    return bool(SONG.search(text) or SONG.search(text.encode().decode("unicode_escape", errors="replace")))


def test_every_unsafe_operation_is_asked_here_or_excused(operations):
    assert set(operations) | set(NO_KEY) == set(unsafe()), "say in tests/api_operations.py how it is asked"
    assert set(WITHOUT_LEAF) <= set(operations)


@pytest.mark.parametrize("operation", sorted(set(unsafe()) - set(NO_KEY)))
def test_without_its_leaf_an_operation_is_refused_and_nothing_is_done(world, operations, operation, caplog):
    call = operations[operation]
    browser = world.browser(call.who)
    if operation == "undo_withdrawal":
        assert operations["withdraw_record"].by(browser).status_code == 201
    before, read = rows(), Access.objects.count()
    caplog.set_level(logging.DEBUG)
    with broken_ledger():
        refused = call.by(browser)
    if operation in WITHOUT_LEAF:
        assert refused.status_code == 200 and not sang(refused.content)
        assert Access.objects.count() == read
        return
    assert (refused.status_code, refused["Content-Type"]) == (503, "application/problem+json"), refused.content[:300]
    assert refused.json()["detail"] and refused.json()["detail_en"] and refused["Retry-After"]
    assert not sang(refused.content) and not SONG.search(caplog.text)
    after = rows()
    assert {name for name, found in after.items() if found != before[name]} <= LEFT
    answer = call.by(browser)
    assert answer.status_code in (200, 201), "with the ledger it works"
