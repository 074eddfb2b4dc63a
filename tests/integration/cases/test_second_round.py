"""A contest is handled by others: neither the first reviewer nor the first decider reviews or decides it."""

from __future__ import annotations

import pytest
from tests import factories, stages
from tests.factories import TODAY
from tests.stages import decided, objected, stage, take

from chengxin.accounts.models import RoleAssignment
from chengxin.accounts.roles import Role
from chengxin.cases import policies
from chengxin.cases import selectors as cases
from chengxin.cases.policies import FirstRound
from chengxin.console.cases import forms
from chengxin.rights import queues, selectors
from chengxin.rights.queues import Filters

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return stage()


def contested(s):
    return take(decided(s, "upheld"), "contest", s.applicant, note="仍然有误")


def waiting(actor):
    return [row.case for row in queues.queue(actor, Filters(), 1, TODAY).rows]


def test_the_first_reviewer_does_not_review_the_contest(s):
    case, (reviewer, _decider) = contested(s), stages.others(s)
    with pytest.raises(FirstRound) as refused:
        take(case, "propose", s.reviewer, outcome="upheld", note="同前")
    assert "请交由其他人员" in refused.value.in_language("zh-hans")
    assert take(case, "propose", reviewer, outcome="upheld", note="重新核查").state == "contest_proposed"


def test_the_first_decider_does_not_decide_the_contest(s):
    case, (reviewer, decider) = contested(s), stages.others(s)
    take(case, "propose", reviewer, outcome="upheld", note="重新核查")
    with pytest.raises(FirstRound):
        take(case, "decide", s.decider, note="同前")
    assert take(case, "decide", decider, note="维持").state == "ended"


def test_nor_does_one_of_them_in_the_other_part(s):
    case = contested(s)
    stages.others(s)
    RoleAssignment.objects.create(user=s.decider, role=Role.REVIEWER)
    with pytest.raises(FirstRound):
        take(case, "propose", s.decider, outcome="upheld", note="同前")


def test_whoever_did_not_accept_the_objection_does_not_review_the_contest_of_that(s):
    case = take(objected(s), "refuse", s.centre, note="不在受理范围")
    take(case, "contest", s.applicant, note="在受理范围")
    RoleAssignment.objects.create(user=s.centre, role=Role.REVIEWER)
    with pytest.raises(FirstRound):
        take(case, "propose", s.centre, outcome="upheld", note="同前")


def test_with_too_few_people_the_refusal_says_so_and_what_to_do(s):
    case = contested(s)
    with pytest.raises(FirstRound) as refused:
        take(case, "propose", s.reviewer, outcome="upheld", note="同前")
    zh, en = (refused.value.in_language(language) for language in ("zh-hans", "en"))
    assert "现在没有其他审核人可以接手" in zh
    assert "appoint one" in en


def test_an_officer_of_the_disputed_source_does_not_count_as_somebody_else(s):
    case = contested(s)
    factories.user("theirs", Role.REVIEWER, of=s.source)
    assert not policies.others(case, Role.REVIEWER, cases.first_round(case))
    stages.others(s)
    assert policies.others(case, Role.REVIEWER, cases.first_round(case))


def test_before_a_contest_nobody_is_kept_away(s):
    case = decided(s, "upheld")
    assert cases.first_round(case) == frozenset()


def test_the_contest_waits_for_the_others_only(s):
    case, (reviewer, _decider) = contested(s), stages.others(s)
    assert waiting(s.reviewer) == []
    assert waiting(reviewer) == [case]


def test_the_page_shows_the_reason_beside_the_step(s):
    case = contested(s)
    page = selectors.case_page(case.pk, s.reviewer, TODAY)
    assert page is not None
    step = next(each for each in forms.choices(page, "zh-hans", {}, "") if each.action == "propose")
    assert "没有参加过初次办理" in step.why
