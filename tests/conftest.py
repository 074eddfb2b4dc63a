"""Every test process gets fresh keys and its own database file, so tests need no preparation."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from django.utils import translation

from chengxin.ui import clock
from chengxin.vault.exchange_keys import create_exchange_keys
from chengxin.vault.keyfiles import create_keys
from tests import migrated

VAR = Path(tempfile.mkdtemp(prefix="chengxin-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
create_keys(VAR / "keys")
create_exchange_keys(VAR / "keys")
(VAR / "static").mkdir()
os.environ["CHENGXIN_VAR"] = str(VAR)  # For the subprocesses that tests start.

# How long one case takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("chengxin", deadline=None)
hypothesis.settings.load_profile("chengxin")

# The test runner has read the settings before it reads this file, hence the assignments; nothing has connected yet.
settings.VAR, settings.CHENGXIN_KEYS_DIR, settings.STATIC_ROOT = VAR, VAR / "keys", VAR / "static"
settings.SECRET_KEY = (VAR / "keys" / "secret.key").read_text().strip()
# Tests ask more often than anybody may; those of the limits switch them on.
settings.CHENGXIN_QUOTAS = False
# With this seed the first draw of one in ten asks for nothing; tests of the draw hand their own chance down.
settings.CHANCE_SEED = "chengxin"
if "CHENGXIN_DATABASE" not in os.environ:
    settings.DATABASES["default"]["NAME"] = str(VAR / "chengxin.sqlite3")
    settings.DATABASES["default"]["TEST"]["NAME"] = str(VAR / "test.sqlite3")
elif "CHENGXIN_MIGRATED_DATABASE" in os.environ:
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = os.environ["CHENGXIN_MIGRATED_DATABASE"]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Lay the copy of a migrated file where the test database is expected; what a migration adds later still runs.

    Copies are thrown away with their folder or their cluster, so nothing is dropped at the end either.
    """
    if connection.vendor == "sqlite":
        return migrated.laid_at(settings.DATABASES["default"]["TEST"]["NAME"])
    return "CHENGXIN_MIGRATED_DATABASE" in os.environ


@pytest.fixture(autouse=True)
def chinese() -> None:
    """Begin every test in Chinese; one before it may have ended in English."""
    translation.activate(settings.LANGUAGE_CODE)


KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""What migrating has written, and no test touches."""


def _filled(cursor: CursorWrapper) -> list[str]:
    """Return the tables that hold a row."""
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables]
    # Older SQLites take no more than 500 parts in one statement; there are about a hundred tables.
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


@contextmanager
def _guards_lifted(cursor: CursorWrapper, tables: list[str]) -> Iterator[None]:
    """Lift the append-only guards while a transactional test is swept; only a database owner can do this."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        return
    cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = [(name, sql) for name, table, sql in cursor.fetchall() if table in tables]
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        cursor.execute(sql)


def _sweep(case: TransactionTestCase) -> None:
    """Empty the tables a transactional test has filled; TestCase rolls back and overrides what is replaced here.

    Django's own sweep empties every table and writes its content types and permissions anew, a second each time.
    """
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        tables = _filled(cursor)
        with _guards_lifted(cursor, tables):
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')


TransactionTestCase._fixture_teardown = _sweep


@pytest.fixture
def clock_stands_still(monkeypatch):
    """Let the doors see one moment throughout: a slow machine would begin the next minute's quota in the middle."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
