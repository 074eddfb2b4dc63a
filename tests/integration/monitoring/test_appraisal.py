"""What agencies looked up in a month, as the appraisal counts it: organisations once, lists, and never persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests import factories, screenings
from tests.factories import NOW
from tests.integration.monitoring.conftest import Desk, look

from chengxin.disclosure.models import Outcome
from chengxin.intake.quality import months
from chengxin.monitoring import appraisal
from chengxin.rules.appraisal import Use

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


def test_an_organisation_counts_once_a_month_and_a_person_never(desk: Desk) -> None:
    firm, other = factories.firm(), factories.firm(factories.OTHER_FIRM, "另一家有限公司")
    for subject in (firm, firm, other, desk.person):
        look(desk.officer, subject, NOW)
    look(desk.colleague, firm, NOW)
    look(desk.officer, None, NOW, outcome=Outcome.REFUSED, reason_code="x", basis_kind="", basis_ref="")
    eve = datetime(2026, 10, 31, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    look(desk.officer, firm, eve)
    idle = factories.agency(factories.AGENCY)
    assert appraisal.uses(NOVEMBER, [desk.unit.pk, idle.pk]) == {desk.unit.pk: Use(2, 0), idle.pk: Use()}
    assert appraisal.uses(date(2026, 10, 1), [desk.unit.pk]) == {desk.unit.pk: Use(1, 0)}


def test_a_screening_of_several_is_one_batch_and_of_one_is_none(desk: Desk) -> None:
    for code in (factories.FIRM, factories.OTHER_FIRM):
        factories.firm(code, f"示例{code[-4:]}有限公司")
    officer = screenings.officer("screener")
    several = [replace(screenings.THE_FIRM, code=code) for code in (factories.FIRM, factories.OTHER_FIRM)]
    screenings.screened(officer, *several)
    screenings.screened(officer, several[0])
    assert officer.agency_id is not None
    assert appraisal.uses(NOVEMBER, [officer.agency_id])[officer.agency_id] == Use(2, 1)


def test_the_desk_shows_the_line_only_where_a_room_that_may_see_it_counted(desk: Desk) -> None:
    look(desk.officer, factories.firm(), NOW)
    later = factories.TODAY + timedelta(days=30)
    told = {}
    for name, uses in (("blind", months.nobody_looked), ("seeing", appraisal.uses)):
        [unit] = months.units(NOVEMBER, [desk.unit], later, uses)
        told[name] = next(each for each in unit.score.lines if each.criterion.code == "enquiries")
    assert told["blind"].earned is None
    assert told["seeing"].earned == 0 and "查询企业 1 家" in told["seeing"].zh
