"""C27: identity numbers and personal content never reach ledger leaves, logs, messages of refusal or the access log.

A canary person goes through every act of this room; afterwards everything written in the clear is searched.
"""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from tests import factories
from tests.disclosures import about_person, allowed, answer
from tests.factories import CITIZEN, NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.disclosure import own_file, report
from chengxin.disclosure.models import Access
from chengxin.disclosure.services import Refused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db
CANARIES = (CITIZEN, "沈清和", "金丝雀文号", "金丝雀缘由")


@pytest.fixture
def acts(caplog):
    """Let the canary person be asked about in every way, well and badly; return what refusals said."""
    caplog.set_level(logging.DEBUG)
    factories.law()
    person = factories.person()
    personal = {"CF_XDR_MC": "沈清和", "CF_XDR_ZJHM": CITIZEN}
    factories.record(person, document_no="金丝雀文号", personal=personal)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    citizen = factories.citizen(person)
    answer(about_person(officer, reason="金丝雀缘由"))
    consent = allowed(officer, citizen)
    answer(about_person(officer, "bank_credit", authorisation_id=consent.pk))
    report.build(about_person(officer), now=NOW, today=TODAY)
    own_file.read(person.id, citizen, now=NOW, today=TODAY)
    said = []
    for bad in (
        {"matter_no": CITIZEN},
        {"purpose": CITIZEN},
        {"statute": f"《{CITIZEN}》沈清和"},
        {"code": CITIZEN + "9"},
        {"matter_no": "13900000000"},
    ):
        with pytest.raises(Refused) as caught:
            answer(about_person(officer, **bad))
        said.append(f"{caught.value.zh}{caught.value.en}{caught.value.facts}{caught.value!r}")
    return "".join(said), caplog


def test_no_leaf_holds_a_canary(acts):
    bodies = "".join(bytes(entry.body).decode() for entry in Entry.objects.all())
    assert not [canary for canary in CANARIES if canary in bodies]


def test_no_log_line_and_no_refusal_holds_a_canary(acts):
    said, caplog = acts
    lines = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert not [canary for canary in CANARIES if canary in said + lines]


def test_the_access_log_holds_no_canary_in_the_clear(acts):
    rows = repr(list(Access.objects.values()))
    assert not [canary for canary in CANARIES if canary in rows]


def test_no_table_of_this_room_holds_a_canary_in_the_clear(acts):
    tables = [name for name in connection.introspection.table_names() if name.startswith(("disclosure_", "ledger_"))]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            text = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            assert not [c for c in CANARIES if c in text or repr(c.encode())[2:-1] in text], table


def test_an_enquiry_and_an_answer_do_not_print_what_they_hold():
    officer = factories.user("printer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    factories.law()
    factories.record(factories.person())
    enquiry = about_person(officer)
    assert not [canary for canary in CANARIES if canary in repr(enquiry) + repr(answer(enquiry))]


def test_the_reason_is_sealed_and_opens_only_as_proof(acts):
    entry = Access.objects.filter(purpose="licensing").order_by("entry_id").first().entry_id
    assert ledger.proof(entry, now=NOW)["payload"]["reason"] == "金丝雀缘由"
