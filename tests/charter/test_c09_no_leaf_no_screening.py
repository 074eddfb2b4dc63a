"""C09: a screening is committed in the same transaction, subject by subject. Break the ledger: no answer."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import factories
from tests.factories import CITIZEN
from tests.screenings import PERSON_NAME, THE_FIRM, THE_PERSON, listing, officer, screened

from chengxin.disclosure.models import Access, ScreeningHit
from chengxin.disclosure.services import ServiceRefused
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ["ledger_entry", "ledger_opening", "disclosure_access", "disclosure_screeninghit"]


@pytest.mark.parametrize("statute", [None, ""], ids=["answered", "refused"])
@pytest.mark.parametrize("table", TABLES)
def test_when_a_screening_cannot_be_written_down_nothing_is_answered(table, statute, caplog):
    factories.law()
    listing(factories.person(), "JS-SF-01")
    actor, changed = officer(), {} if statute is None else {"statute": statute}
    if (table, statute) == ("disclosure_screeninghit", ""):
        pytest.skip("a refusal notes no hit")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        with pytest.raises(ServiceRefused) as caught:
            screened(actor, THE_PERSON, THE_FIRM, matter="high_consumption", **changed)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
    said = repr(caught.value) + str(caught.value.facts) + caplog.text
    assert not any(word in said for word in (CITIZEN, PERSON_NAME, "示列"))
    assert caught.value.__cause__ is None
    assert not Access.objects.exists() and not ScreeningHit.objects.exists()
    assert not Entry.objects.filter(kind="screening").exists()


def test_every_subject_asked_about_has_a_row_under_the_leaf():
    factories.law()
    listing(factories.person(), "JS-SF-01")
    reply = screened(officer(), THE_PERSON, THE_FIRM, matter="high_consumption")
    assert sorted(Access.objects.values_list("entry_id", "record_count")) == [(reply.entry, 0), (reply.entry, 1)]
