"""After a big load the database knows how large its tables are."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import factories, filings

from chengxin.storage import planning

pytestmark = pytest.mark.django_db(transaction=True)


def known() -> bool:
    """Tell whether the database knows how many records there are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples >= 1 FROM pg_class WHERE relname = 'registry_record'")
            return cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'registry_record'")
        return cursor.fetchone()[0] > 0


def forget() -> None:
    """Let the database not know; tests before this one, or its own housekeeping, may have had it look."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE relname = 'registry_record'")
            return
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone()[0]:
            cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'registry_record'")


def test_the_database_looks_at_what_grew():
    factories.law()
    factories.record(factories.firm())
    forget()
    assert not known()
    planning.look_again()
    assert known()


def test_a_big_submission_ends_with_a_look_and_a_small_one_does_not(monkeypatch):
    looked: list[int] = []
    monkeypatch.setattr(planning, "look_again", lambda: looked.append(1))
    factories.law()
    clerk = filings.clerk(factories.agency())
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert looked == []
    monkeypatch.setattr(planning, "MANY", 1)
    filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕7号"}]), clerk, name="再报.csv")
    assert looked == [1]
