"""The subject's view of a case: who must act, what they need not do, and a delay that is not their fault."""

from __future__ import annotations

from datetime import date

from tests import stages
from tests.integration.portal.conftest import body, browser

from chengxin.rights import time_limits
from chengxin.rights.objections import Act


def test_a_case_says_who_must_act_and_a_late_one_says_it_is_not_ones_fault(town, settings):
    case = stages.objected(town.stage)
    page = f"/mine/cases/{case.pk}/"
    assert "等信用中心决定是否受理。您不需要做什么。" in body(browser(town.firm_user).get(page))
    settings.DEMO_DAY = "2026-12-20"
    text = body(browser(town.firm_user).get(page))
    assert "办理已超过法定期限。这不是您的原因" in text


def test_the_reason_for_a_delay_stands_in_the_history(town, settings):
    case = stages.objected(town.stage)
    late = date(2026, 12, 20)
    act = Act(case.pk, town.stage.reviewer, stages.at(late), late)
    time_limits.take(act, "explain", note="", reason="papers_late")
    settings.DEMO_DAY = late.isoformat()
    text = body(browser(town.firm_user).get(f"/mine/cases/{case.pk}/"))
    assert "说明逾期原因" in text
    assert "原始文书调取未完成" in text
