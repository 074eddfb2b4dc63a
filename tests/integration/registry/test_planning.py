"""After a big load the database knows how large its tables are."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import factories

from chengxin.storage import planning

pytestmark = pytest.mark.django_db


def known() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT last_analyze FROM pg_stat_user_tables WHERE relname = 'registry_record'")
            return cursor.fetchone()[0] is not None
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'registry_record'")
        return cursor.fetchone()[0] > 0


@pytest.mark.skipif(connection.vendor == "postgresql", reason="its statistics are told to others only after a commit")
def test_the_database_looks_at_what_grew():
    factories.law()
    factories.record(factories.firm())
    assert not known()
    planning.look_again()
    assert known()
