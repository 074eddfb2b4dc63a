"""The world of everybody as a fixture, and what lets every visit to it leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import override_settings

from chengxin.storage.guards import _PG_FUNCTION
from chengxin.ui import clock
from tests import everybody
from tests.everybody import World
from tests.factories import TODAY


@pytest.fixture(scope="module", name="world")
def world_for_a_module(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """Build the world once; every test leaves it as it was."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    place = override_settings(VAR=tmp_path_factory.mktemp("var"))
    with place, django_db_blocker.unblock(), clock.moved_to(TODAY), as_in_a_test():
        yield everybody.world()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextmanager
def as_in_a_test() -> Iterator[None]:
    """Open a transaction that ends in nothing, inside which the gate may call its own durable."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def broken_ledger() -> Iterator[None]:
    """Let the database itself refuse every new leaf."""
    postgres = connection.vendor == "postgresql"
    call = "FOR EACH ROW EXECUTE FUNCTION chengxin_refuse()" if postgres else "BEGIN SELECT RAISE(ABORT, 'broken'); END"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute(_PG_FUNCTION)
        cursor.execute(f"CREATE TRIGGER broken_for_a_test BEFORE INSERT ON ledger_entry {call}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER broken_for_a_test" + (" ON ledger_entry" if postgres else ""))
