"""C17: the subject is notified of a new negative record before or when it takes effect, and told how to repair it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import TODAY
from tests.stages import stage

from chengxin.accounts.models import Message
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rights import selectors as rights

pytestmark = pytest.mark.django_db


def test_a_negative_record_and_its_notice_arrive_together():
    s = stage()
    version = registry.present_version(s.record)
    notice = Message.objects.get(mailbox=s.subject.id, kind="record_admitted")
    assert notice.delivered_at <= version.known_from
    assert version.notified_at <= version.known_from


@pytest.mark.parametrize("subject", [factories.person, factories.firm])
def test_both_documents_are_served_in_one_letter_at_one_moment(subject):
    """两书同达: what was recorded, and what of it can be repaired, from when and how (国办发〔2025〕22号)."""
    s = stage(subject())
    version, letter = registry.present_version(s.record), Message.objects.get(mailbox=s.subject.id)
    assert "附信用修复告知" in letter.title
    assert version.use_until.isoformat() in letter.body
    repair = rights.repair_notice(s.record, TODAY)
    assert all(part in letter.body for part in (repair.what, repair.from_when, repair.how))
    assert letter.delivered_at == version.notified_at


def test_the_database_refuses_a_negative_record_nobody_was_told_of():
    s = stage()
    row = RecordVersion.objects.filter(record_id=s.record).values().get()
    row.pop("id")
    with pytest.raises(DatabaseError, match="negative_record_was_notified"), transaction.atomic():
        RecordVersion.objects.create(**{**row, "number": 9, "known_until": row["known_from"], "notified_at": None})
    RecordVersion.objects.create(**{**row, "number": 9, "known_until": row["known_from"]})


@pytest.mark.parametrize("subject", [factories.person, factories.firm])
def test_the_second_document_says_what_from_when_and_how(subject):
    s = stage(subject())
    notice, version = rights.repair_notice(s.record, TODAY), registry.present_version(s.record)
    assert "信用修复" in notice.what
    assert version.restorable_from.isoformat() in notice.from_when
    assert "不收取任何费用" in notice.how
    assert [condition.code for condition in notice.eligibility.conditions]
    assert notice.eligibility.derivation
