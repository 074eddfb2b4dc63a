"""C09: the read is committed to the ledger in the same transaction; refused reads too. Break the ledger: no answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import CITIZEN, NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.disclosure import own_file, report
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Refused, ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    factories.law()
    factories.record(factories.person())
    return factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


@contextmanager
def broken(table: str) -> Iterator[None]:
    """Make a table unwritable, as a full disk or a lost grant would."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_opening", "disclosure_access"])
def test_when_the_read_cannot_be_written_down_nothing_is_answered(officer, table, caplog):
    with broken(table), pytest.raises(ServiceRefused) as caught:
        answer(about_person(officer))
    said = repr(caught.value) + str(caught.value.facts) + caplog.text
    assert not any(word in said for word in (CITIZEN, "沈清和", "示交罚", "超限"))
    assert caught.value.__cause__ is None
    assert not Access.objects.exists() and not Entry.objects.filter(kind="access").exists()


@pytest.mark.parametrize("table", ["ledger_entry", "disclosure_access"])
def test_a_refusal_that_cannot_be_written_down_is_a_service_refusal(officer, table):
    with broken(table), pytest.raises(ServiceRefused):
        answer(about_person(officer, statute=""))


def test_neither_report_nor_own_file_is_given_without_its_leaf(officer):
    person = factories.person()
    citizen = factories.citizen(person)
    with broken("ledger_entry"):
        with pytest.raises(Exception, match=r"ledger_entry"):
            own_file.read(person.id, citizen, now=NOW, today=TODAY)
        with pytest.raises(ServiceRefused):
            report.build(about_person(officer), now=NOW, today=TODAY)


def test_row_and_leaf_stand_or_fall_together(officer):
    given = answer(about_person(officer))
    row = Access.objects.get(pk=given.access)
    payload = ledger.proof(given.entry, now=NOW)["payload"]
    assert payload["actor"] == str(officer.pk) == str(row.actor_id)
    assert payload["agency"] == str(officer.agency_id)
    assert payload["basis"] == row.basis_ref and payload["matter"] == row.matter_no
    assert payload["records"] and payload["fields"] == row.fields


def test_refused_reads_are_committed_too(officer):
    with pytest.raises(Refused) as caught:
        answer(about_person(officer, matter_no=""))
    payload = ledger.proof(caught.value.entry, now=NOW)["payload"]
    assert payload["reason_code"] == "no_matter" and payload["records"] == []


def test_a_read_written_down_can_be_neither_changed_nor_deleted(officer):
    given = answer(about_person(officer))
    row = Access.objects.filter(pk=given.access)
    for act in (lambda: row.update(matter_no="x"), lambda: row.update(at=NOW), row.delete):
        with pytest.raises(Exception, match="append-only"):
            act()
