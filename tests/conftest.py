"""Every test process gets fresh keys and its own database file, so tests need no preparation."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from chengxin.vault.exchange_keys import create_exchange_keys
from chengxin.vault.keyfiles import create_keys

VAR = Path(tempfile.mkdtemp(prefix="chengxin-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
create_keys(VAR / "keys")
create_exchange_keys(VAR / "keys")
(VAR / "static").mkdir()
os.environ["CHENGXIN_VAR"] = str(VAR)  # For the subprocesses that tests start.

# The test runner has read the settings before it reads this file, hence the assignments; nothing has connected yet.
settings.VAR, settings.CHENGXIN_KEYS_DIR, settings.STATIC_ROOT = VAR, VAR / "keys", VAR / "static"
settings.SECRET_KEY = (VAR / "keys" / "secret.key").read_text().strip()
# Tests ask more often than anybody may; those of the limits switch them on.
settings.CHENGXIN_QUOTAS = False
if "CHENGXIN_DATABASE" not in os.environ:
    settings.DATABASES["default"]["NAME"] = str(VAR / "chengxin.sqlite3")
    settings.DATABASES["default"]["TEST"]["NAME"] = str(VAR / "test.sqlite3")


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Lift the append-only guards while a transactional test is swept; only a database owner can do this."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)


_sweep = TransactionTestCase._fixture_teardown


def _sweep_guarded(case: TransactionTestCase) -> None:
    """TestCase rolls back and needs no sweep; it overrides the method that is wrapped here."""
    with guards_lifted():
        _sweep(case)


TransactionTestCase._fixture_teardown = _sweep_guarded
