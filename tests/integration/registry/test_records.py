"""Records in the registry: admitted once, never overwritten, gone when their time is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests import factories as make

from chengxin.accounts.models import Message
from chengxin.ledger.models import Entry
from chengxin.registry import selectors, services
from chengxin.registry.models import Annotation, Cause, Record, RecordVersion
from chengxin.registry.sealing import open_content

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _law() -> None:
    make.law()


def test_a_general_fine_is_public_for_a_year_from_the_document() -> None:
    version = selectors.present_version(make.record(make.firm()))
    assert (version.grade, version.public_until) == ("general", date(2027, 11, 12))
    assert version.restorable_from == date(2027, 2, 13)


def test_the_same_fact_is_admitted_once() -> None:
    firm = make.firm()
    first = services.admit_records([make.draft(firm), make.draft(firm)], now=make.NOW)
    again = services.admit_records([make.draft(firm)], now=make.NOW)
    assert first[1] is None
    assert again == [None]
    assert Record.objects.count() == 1


def test_the_same_document_about_two_firms_is_two_records() -> None:
    drafts = [make.draft(make.firm()), make.draft(make.firm(make.OTHER_FIRM, "临湖书行运输有限公司"))]
    assert None not in services.admit_records(drafts, now=make.NOW)


def test_nothing_about_a_person_stands_in_clear() -> None:
    record = make.record(make.person())
    version = selectors.present_version(record)
    assert version.content == {}
    assert version.document_no == ""
    assert version.public_from is None
    assert open_content(version, version.record.subject)["document_no"] == "示交罚〔2026〕1号"


def test_a_correction_keeps_what_was_known_before() -> None:
    record = make.record(make.firm())
    services.correct_record(
        record,
        {"CF_NR_FK": {"fen": 50_000, "original": "0.05", "unit": "万元"}},
        ref="x",
        now=make.NOW,
        today=make.TODAY,
    )
    before, after = selectors.history(record)
    assert before.content["CF_NR_FK"]["fen"] == 500_000
    assert after.content["CF_NR_FK"]["fen"] == 50_000
    assert before.known_until == after.known_from


def test_an_ended_record_is_in_no_answer() -> None:
    firm = make.firm()
    record = make.record(firm)
    services.end_record(record, Cause.RESTORED, ref="case", now=make.NOW)
    assert not selectors.in_use([firm.id], make.TODAY).exists()
    assert not selectors.published(make.TODAY).exists()
    assert not selectors.held(firm.id, make.TODAY).exists()


def test_a_record_is_there_on_its_last_day_and_gone_the_day_after() -> None:
    firm = make.firm()
    last = selectors.present_version(make.record(firm)).public_until
    assert selectors.published(last).exists()
    for reading in (selectors.published, lambda day: selectors.in_use([firm.id], day)):
        assert not reading(last + timedelta(days=1)).exists()


def test_a_contested_link_is_suspended_and_can_be_confirmed() -> None:
    person = make.person()
    record = make.record(person)
    services.suspend_link(record, ref="objection", now=make.NOW)
    assert not selectors.in_use([person.id], make.TODAY).exists()
    assert selectors.held(person.id, make.TODAY).exists()
    services.confirm_link(record, ref="objection", now=make.NOW)
    assert selectors.in_use([person.id], make.TODAY).exists()


def test_a_mark_stands_once_for_each_cause_and_is_taken_off() -> None:
    record = make.record(make.firm())
    for _ in range(2):
        services.annotate(record, Annotation.DISPUTED, ref="case-1", now=make.NOW)
    assert selectors.open_marks(record) == ["disputed"]
    assert services.end_annotation(record, Annotation.DISPUTED, ref="case-1", now=make.NOW) == 1
    assert selectors.open_marks(record) == []


def test_the_subject_is_told_of_a_negative_record_in_the_same_act() -> None:
    firm = make.firm()
    make.record(firm)
    assert Message.objects.filter(mailbox=firm.id, kind="record_admitted").count() == 1


def test_every_version_has_its_leaf() -> None:
    record = make.record(make.firm())
    services.end_record(record, Cause.WITHDRAWN, ref="x", now=make.NOW)
    kinds = Entry.objects.filter(id__in=selectors.history(record).values("entry_id")).values_list("kind", flat=True)
    assert list(kinds) == ["registry.record"] * 2


@pytest.mark.parametrize("change", [{"grade": "minor"}, {"content": {}}, {"use_until": date(2030, 1, 1)}])
def test_the_database_refuses_to_overwrite_a_version(change: dict[str, object]) -> None:
    record = make.record(make.firm())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecordVersion.objects.filter(record_id=record).update(**change)


def test_the_database_refuses_to_delete_a_version_or_to_reopen_one() -> None:
    record = make.record(make.firm())
    services.end_record(record, Cause.WITHDRAWN, ref="x", now=make.NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecordVersion.objects.filter(record_id=record).delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RecordVersion.objects.filter(record_id=record, number=1).update(known_until=None)


def test_ending_twice_is_refused_with_a_reason() -> None:
    record = make.record(make.firm())
    services.end_record(record, Cause.RESTORED, ref="case", now=make.NOW)
    with pytest.raises(services.RecordNotOpen, match="已终止"):
        services.end_record(record, Cause.RESTORED, ref="case", now=make.NOW)


def test_a_record_ended_by_false_material_is_reinstated() -> None:
    firm = make.firm()
    record = make.record(firm)
    services.end_record(record, Cause.RESTORED, ref="case", now=make.NOW)
    services.reinstate_record(record, ref="case", now=make.NOW)
    assert selectors.in_use([firm.id], make.TODAY).exists()
