"""待核定处罚种类: what no rule can grade reaches a list; two people settle it; grade and periods follow; told."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests import factories, filings
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import own_file, publication
from chengxin.intake.models import Admission
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry import services
from chengxin.registry.models import KindQuestion
from chengxin.registry.subjects import give_mandate
from chengxin.rights import kinds
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
OTHER = {"CF_CFLB": "其他-责令限期拆除；罚款", "CF_WSH": "示交罚〔2026〕11号", "CF_NR_FK": "50"}
SMALL = {"CF_WSH": "示交罚〔2026〕12号", "CF_NR": "处罚款3000元", "CF_NR_FK": "0.3"}

WARNED = {"CF_CFLB": "警告", "CF_WSH": "示交罚〔2026〕13号", "CF_NR": "警告", "CF_NR_FK": ""}


@pytest.fixture
def desk():
    """Two penalties of unclear kind, a firm's and a person's; a small fine, a large one, a warning; two officers."""
    factories.law()
    clerk = filings.clerk(factories.agency())
    fine = {**filings.FIRM_ROW, "CF_NR_FK": "50", "CF_NR": "罚款50万元"}
    firm, person = filings.FIRM_ROW, filings.PERSON_ROW
    rows = [{**firm, **OTHER}, {**person, **OTHER}, {**firm, **SMALL}, fine, {**firm, **WARNED}]
    filings.file(filings.as_csv(rows), clerk)
    centre = factories.agency("113201990000000518", runs_platform=True)
    by_row = dict(Admission.objects.values_list("row__row_no", "record_id"))
    reviewer = factories.user("reviewer", Role.REVIEWER, of=centre)
    return by_row, reviewer, factories.user("decider", Role.DECIDER, of=centre)


def settle(record, answer, chosen, reviewer, decider):
    kinds.propose(record, answer, chosen, "决定书第二段", actor=reviewer, now=NOW)
    kinds.decide(record, agree=True, actor=decider, now=NOW, today=TODAY)
    return registry.present_version(record)


def test_what_is_unclear_or_looks_simple_is_asked_and_nothing_else(desk):
    by_row, reviewer, _decider = desk
    asked = {each.pk: each.why for each in kinds.waiting(reviewer)}
    assert registry.present_version(by_row[6]).grade == "minor", "whose grade cannot change"
    assert asked == {by_row[2]: "unclear", by_row[3]: "unclear", by_row[4]: "simple"}
    assert [each.pk for each in kinds.waiting(reviewer, "simple")] == [by_row[4]]


@pytest.mark.parametrize(("region", "asked"), [("320000", 3), ("329900", 0)])
def test_an_officer_is_asked_about_their_own_region_only(desk, region, asked):
    by_row, reviewer, _decider = desk
    officer = factories.user("regional", Role.REVIEWER, of=reviewer.agency, region=region)
    assert kinds.waiting(officer).count() == asked
    if not asked:
        with pytest.raises(kinds.KindRefused):
            kinds.propose(by_row[2], "stands", [], "决定书第二段", actor=officer, now=NOW)


def test_the_settled_kind_decides_grade_and_periods_and_the_subject_is_told(desk):
    by_row, reviewer, decider = desk
    before = registry.present_version(by_row[2])
    assert before.grade == "general"
    settled = settle(by_row[2], "kinds", ["吊销许可证件"], reviewer, decider)
    assert settled.grade == "serious" and settled.content["CF_CFLB"] == "吊销许可证件"
    assert settled.public_until > before.public_until
    assert any("吊销" in step["zh"] for step in settled.derivation)
    told = Message.objects.get(mailbox=settled.record.subject_id, kind="kind_settled")
    assert "严重" in told.body and settled.public_until.isoformat() in told.body and "异议" in told.body
    assert not kinds.waiting(reviewer).filter(pk=by_row[2]).exists()
    assert Entry.objects.filter(kind="kind.decided").count() == 1


def test_a_simple_procedure_leaves_the_public_and_stays_out_after_a_correction(desk):
    by_row, reviewer, decider = desk
    assert publication.organisation_page(factories.FIRM, TODAY).count == 3
    settled = settle(by_row[4], "as_simple", (), reviewer, decider)
    assert (settled.grade, settled.publicity, settled.public_from) == ("minor", "shared", None)
    assert publication.organisation_page(factories.FIRM, TODAY).count == 2
    again = services.correct_record(by_row[4], {"CF_NR": "罚款三千元"}, ref="x", now=NOW, today=TODAY)
    assert again.public_from is None


def test_what_stands_is_left_as_it_is(desk):
    by_row, reviewer, decider = desk
    assert settle(by_row[4], "stands", (), reviewer, decider).number == 1
    assert not Message.objects.filter(kind="kind_settled").exists()


def test_it_takes_two_people_with_the_two_roles_and_a_reason(desk):
    by_row, reviewer, decider = desk
    both = factories.user("both", Role.REVIEWER, Role.DECIDER, of=reviewer.agency)
    with pytest.raises(kinds.KindRefused):
        kinds.decide(by_row[2], agree=True, actor=decider, now=NOW, today=TODAY)
    for answer, chosen, reason in (("kinds", [], "见"), ("kinds", ["流放"], "见"), ("stands", [], " "), ("", [], "见")):
        with pytest.raises(kinds.KindRefused):
            kinds.propose(by_row[2], answer, chosen, reason, actor=reviewer, now=NOW)
    with pytest.raises(NotPermitted):
        kinds.propose(by_row[2], "stands", [], "见", actor=decider, now=NOW)
    kinds.propose(by_row[2], "kinds", ["罚款"], "见", actor=both, now=NOW)
    with pytest.raises(kinds.KindRefused):
        kinds.decide(by_row[2], agree=True, actor=both, now=NOW, today=TODAY)
    kinds.decide(by_row[2], agree=False, actor=decider, now=NOW, today=TODAY)
    assert KindQuestion.objects.get(pk=by_row[2]).answer == ""
    assert registry.present_version(by_row[2]).number == 1


def test_nobody_settles_their_own_and_an_authority_only_its_own(desk):
    by_row, reviewer, _decider = desk
    stranger = factories.user("stranger", Role.REVIEWER, of=factories.agency(factories.OTHER_AGENCY))
    assert not kinds.waiting(stranger).exists()
    give_mandate(reviewer, registry.find_organisation(factories.FIRM), NOW)
    assert [each.pk for each in kinds.waiting(reviewer)] == [by_row[3]]


def test_the_pages_and_the_persons_list_of_looks(desk):
    by_row, reviewer, decider = desk
    with clock.moved_to(date(2026, 11, 20)):
        browser = Client()
        browser.force_login(reviewer)
        assert f"/console/cases/kinds/{by_row[3]}/" in browser.get("/console/cases/kinds/").content.decode()
        page = browser.get(f"/console/cases/kinds/{by_row[3]}/").content.decode()
        assert "处罚种类写得不明确" in page and factories.CITIZEN not in page
        sent = {"answer": "kinds", "kinds": ["罚款"], "reason": "决定书第二段"}
        assert browser.post(f"/console/cases/kinds/{by_row[3]}/", sent).status_code == 302
        browser.force_login(decider)
        assert "决定书第二段" in browser.get(f"/console/cases/kinds/{by_row[3]}/").content.decode()
        assert browser.post(f"/console/cases/kinds/{by_row[3]}/", {"agree": "yes"}).status_code == 302
        person = registry.find_person(factories.CodeKind.CITIZEN_ID, factories.CITIZEN)
        citizen = factories.citizen(person)
        browser.force_login(citizen)
        assert browser.get("/console/cases/kinds/").status_code == 403
    looked = own_file.who_looked(person.id, citizen, now=clock.now()).looks
    assert {look.purpose_zh for look in looked} == {"核定处罚种类"}
    assert registry.present_version(by_row[3]).number == 2
