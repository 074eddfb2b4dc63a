"""Quality of reporting from real submissions: the month counted, the league, entries, reminders and the bulletin."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.db.models import Sum
from tests import desks, filings
from tests import factories as make

from chengxin.accounts import clients
from chengxin.accounts import services as accounts
from chengxin.accounts.models import Agency, Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.cases.documents_pdf import signature_holds
from chengxin.cli import daily
from chengxin.cli.quality import quality
from chengxin.intake import withdrawals
from chengxin.intake.models import MonthFigure, MonthlyTable, QualityReminder
from chengxin.intake.quality import access, bulletin, bulletin_pdf, counting, entries, months, reminders, trends
from chengxin.rules.appraisal import NotEnterable

pytestmark = pytest.mark.django_db(transaction=True)
NOVEMBER = date(2026, 11, 1)
DECEMBER_3 = date(2026, 12, 3)


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def clerk() -> Any:
    make.law()
    make.firm()
    make.person()
    return filings.clerk(make.agency())


@pytest.fixture
def operator() -> Any:
    return make.user("operator", Role.CENTRE_OPERATOR)


@pytest.fixture
def filed(clerk: Any) -> Any:
    """Eleven good rows, one wrong number, one late decision, and the same good file's first row once more."""
    late = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕90号", "CF_JDRQ": "2026-10-08"}
    wrong = filings.PERSON_ROW | {"CF_XDR_ZJHM": "320199198002290013", "CF_WSH": "示交罚〔2026〕91号"}
    filings.file(filings.as_csv([*filings.rows(11), late, wrong]), clerk)
    filings.file(filings.as_csv([filings.rows(1)[0]]), clerk, name="again.csv")
    counting.count(make.NOW)
    return clerk.agency


def test_every_row_is_counted_once_in_the_month_its_file_came(filed: Agency) -> None:
    [unit] = months.units(NOVEMBER, [filed], make.TODAY)
    counts = unit.facts.counts
    assert (counts.received, counts.supplied, counts.stored) == (14, 13, 12)
    assert (counts.returned, counts.duplicate, counts.timed, counts.late) == (1, 1, 14, 1)
    assert (unit.stored.percent, unit.accurate.percent) == ("92.3", "92.3")
    assert months.units(date(2026, 10, 1), [filed], make.TODAY)[0].facts.counts.received == 0


def test_counting_again_changes_nothing(filed: Agency) -> None:
    before = list(MonthFigure.objects.order_by("pk").values())
    counting.count(make.NOW)
    assert list(MonthFigure.objects.order_by("pk").values()) == before


def test_a_file_sent_just_before_midnight_in_shanghai_belongs_to_the_month_that_ends(filed: Agency) -> None:
    from chengxin.intake.models import Submission

    Submission.objects.update(submitted_at=datetime(2026, 10, 31, 16, 30, tzinfo=ZoneInfo("UTC")))
    MonthFigure.objects.all().delete()
    counting.count(make.NOW)
    assert set(MonthFigure.objects.values_list("month", flat=True)) == {NOVEMBER}
    Submission.objects.update(submitted_at=datetime(2026, 10, 31, 15, 30, tzinfo=ZoneInfo("UTC")))
    counting.count(make.NOW)
    october = MonthFigure.objects.filter(month=date(2026, 10, 1)).aggregate(n=Sum("received"))["n"]
    assert october == 14


def test_a_record_taken_back_as_a_mistake_lowers_accuracy_and_not_the_stored_rate(filed: Agency, clerk: Any) -> None:
    from chengxin.intake.models import Admission

    record = Admission.objects.order_by("id").first()
    assert record is not None
    withdrawals.withdraw(
        record.record_id, withdrawals.Ground("mistake", None, "", "报错了主体"), actor=clerk, now=make.NOW,
        today=make.TODAY,
    )  # fmt: skip
    counting.count(make.NOW)
    [unit] = months.units(NOVEMBER, [filed], make.TODAY)
    assert (unit.facts.counts.stored, unit.facts.counts.wrong) == (12, 1)
    assert (unit.stored.percent, unit.accurate.percent) == ("92.3", "84.6")


def test_the_commonest_faults_come_with_remedy_and_shape_and_without_content(filed: Agency) -> None:
    found = {each.code: each for each in months.faults(NOVEMBER, filed)}
    assert found["person.number_wrong"].count == 1 and found["date.late"].count == 1
    [example] = found["person.number_wrong"].examples
    assert example.remedy_zh and "18" in example.zh + example.shape_zh
    assert "320199198002290013" not in repr(found)


def test_an_agency_sees_itself_and_the_centre_sees_all(filed: Agency, clerk: Any, operator: Any) -> None:
    other = make.agency(make.OTHER_AGENCY)
    assert list(access.visible(clerk)) == [filed]
    assert list(access.visible(operator)) == [filed, other]
    with pytest.raises(NotPermitted):
        access.check_may_see(other.pk, clerk)
    with pytest.raises(NotPermitted):
        access.visible(make.citizen(make.person()))
    elsewhere = make.user("elsewhere", Role.CENTRE_OPERATOR, region="3205")
    assert list(access.visible(elsewhere)) == []


def test_duties_make_completeness_and_end_without_rewriting_the_past(filed: Agency, operator: Any) -> None:
    given = {"actor": operator, "now": make.NOW, "today": make.TODAY}
    entries.set_duties(filed, [make.PENALTY, make.LICENCE], **given)
    assert months.units(NOVEMBER, [filed], make.TODAY)[0].complete.percent == "50.0"
    entries.set_duties(filed, [make.PENALTY], actor=operator, now=at(DECEMBER_3), today=DECEMBER_3)
    assert entries.duty_codes(filed, NOVEMBER) == [make.PENALTY, make.LICENCE]
    assert entries.duty_codes(filed, date(2026, 12, 1)) == [make.PENALTY]


def test_an_item_that_was_retired_is_owed_by_nobody_from_that_month_on(filed: Agency, operator: Any) -> None:
    codes = [make.PENALTY, make.LICENCE]
    entries.set_duties(filed, codes, actor=operator, now=make.NOW, today=make.TODAY)
    desk = desks.Desk()
    ended = {"code": make.LICENCE, "basis": desks.BASIS, "since": desks.LATER.isoformat(), "verified": False}
    desk.in_force({"retirement": ended})
    december, later = date(2026, 12, 1), date(2027, 1, 1)
    assert entries.duty_codes(filed, NOVEMBER) == sorted(codes)
    assert desks.LATER.month == december.month and entries.duty_codes(filed, december) == [make.PENALTY]
    assert [months.duties_of(code, later) for code in codes] == [1, 0]
    [unit] = months.units(later, [filed], date(2027, 2, 3))
    assert unit.facts.duties.required == 1
    assert months.units(NOVEMBER, [filed], make.TODAY)[0].facts.duties.required == 2


def test_files_of_a_system_are_told_from_files_of_a_person(filed: Agency, operator: Any) -> None:
    def supplied() -> Any:
        return months.units(NOVEMBER, [filed], make.TODAY)[0].facts.supply

    assert (supplied().files, supplied().by_system, supplied().stored) == (2, 0, {make.PENALTY})
    client = clients.issue(filed, [clients.SUBMISSION], operator, make.NOW).client
    rows = [row | {"CF_WSH": f"示系罚〔2026〕{n}号"} for n, row in enumerate(filings.rows(2))]
    filings.file(filings.as_csv(rows), client.user, name="api")
    assert (supplied().files, supplied().by_system) == (3, 1)


def test_the_monthly_table_is_filed_once_after_the_month_and_earns_its_points(filed: Agency, clerk: Any) -> None:
    with pytest.raises(entries.MonthNotOver):
        entries.file_table(filed, NOVEMBER, actor=clerk, now=make.NOW, today=make.TODAY)
    made = entries.file_table(filed, NOVEMBER, actor=clerk, now=at(DECEMBER_3), today=DECEMBER_3)
    assert made.figures == [{"item": make.PENALTY, "received": 14, "stored": 12, "returned": 1, "late": 1}]
    with pytest.raises(entries.TableFiled):
        entries.file_table(filed, NOVEMBER, actor=clerk, now=at(DECEMBER_3), today=DECEMBER_3)
    [unit] = months.units(NOVEMBER, [filed], DECEMBER_3)
    line = next(each for each in unit.score.lines if each.criterion.code == "monthly_table")
    assert line.earned == 12 and "2026-12-10" in line.zh


def test_points_are_given_by_the_centre_only_and_only_where_nothing_is_counted(
    filed: Agency, clerk: Any, operator: Any
) -> None:
    with pytest.raises(NotPermitted):
        entries.give_points(filed, NOVEMBER, "site", 12, "网站已公示", actor=clerk, now=make.NOW)
    with pytest.raises(NotEnterable):
        entries.give_points(filed, NOVEMBER, "stored", 6, "看起来不错", actor=operator, now=make.NOW)
    with pytest.raises(entries.ReasonMissing):
        entries.give_points(filed, NOVEMBER, "site", 12, " ", actor=operator, now=make.NOW)
    for points in (12, 9):
        entries.give_points(filed, NOVEMBER, "site", points, "抽查网站", actor=operator, now=make.NOW)
    [unit] = months.units(NOVEMBER, [filed], make.TODAY)
    assert next(each.earned for each in unit.score.lines if each.criterion.code == "site") == 9


def test_each_reminder_comes_once_per_stage_and_stops_when_the_thing_is_done(filed: Agency, clerk: Any) -> None:
    box = Message.objects.filter(mailbox=filed.pk, kind="quality_reminder")
    sent = {}
    for n in range(12):
        today = DECEMBER_3 + timedelta(days=n - 2)
        counting.count(at(today))
        sent[today.day] = reminders.run(now=at(today), today=today)
        assert reminders.run(now=at(today), today=today) == 0
        assert reminders.due(today) == []
    table = QualityReminder.objects.filter(kind="table").order_by("stage")
    assert [each.stage.day for each in table] == [3, 7, 9]
    assert sent[11] == 0 and box.count() == QualityReminder.objects.count()
    assert "2026-12-10" in box.filter(body__contains="月报表").order_by("delivered_at")[0].body


def test_no_reminder_of_a_table_that_was_filed(filed: Agency, clerk: Any) -> None:
    entries.file_table(filed, NOVEMBER, actor=clerk, now=at(date(2026, 12, 1)), today=date(2026, 12, 1))
    reminders.run(now=at(DECEMBER_3), today=DECEMBER_3)
    assert MonthlyTable.objects.count() == 1
    assert not QualityReminder.objects.filter(kind="table").exists()


def test_returned_rows_are_reminded_of_before_the_seventh_working_day(filed: Agency) -> None:
    [limit] = [each for each in reminders.limits(make.TODAY, [filed.pk]) if each.kind == "returned"]
    # Friday 20 November, then seven working days without the weekends.
    assert limit.due_on == date(2026, 12, 1) and "1 行" in limit.what


def test_a_day_of_background_work_counts_and_reminds_once(filed: Agency) -> None:
    MonthFigure.objects.all().delete()
    named = {job.name: job for job in daily.jobs()}
    noon = at(DECEMBER_3)
    for name in ("counted", "limits"):
        assert named[name].due(noon, DECEMBER_3)
        assert named[name].do(noon, DECEMBER_3, str) >= 1
        assert not named[name].due(noon, DECEMBER_3)
    assert named["counted"].due(noon, DECEMBER_3 + timedelta(days=1))


def test_the_command_writes_the_bulletin_and_the_table_beside_it(filed: Agency, operator: Any, tmp_path: Path) -> None:
    out = tmp_path / "通报.pdf"
    given = ["--month", "2026-10", "--as", operator.username]
    done = CliRunner().invoke(quality, ["bulletin", *given, "--out", str(out)])
    assert done.exit_code == 0 and "TB-202610-01" in done.output, done.output
    digest = hashlib.sha256(out.with_suffix(".csv").read_bytes()).hexdigest()
    assert out.read_bytes().startswith(b"%PDF") and digest in done.output
    printed = CliRunner().invoke(quality, ["table", *given])
    assert printed.output.splitlines()[0].startswith("名次,单位")
    assert CliRunner().invoke(quality, ["count"]).exit_code == 0
    assert CliRunner().invoke(quality, ["table", "--month", "x", "--as", "operator"]).exit_code == 2


def test_a_bulletin_is_numbered_signed_and_the_same_until_a_figure_moves(filed: Agency, operator: Any) -> None:
    given = {"actor": operator, "now": at(DECEMBER_3), "today": DECEMBER_3}
    first = bulletin.issue(NOVEMBER, **given)
    assert first.number == "TB-202611-01" and bulletin.issue(NOVEMBER, **given) == first
    assert first.sha256 == hashlib.sha256(first.table.encode()).hexdigest()
    assert signature_holds(first.number, first.sha256, bulletin.signature(first))
    entries.give_points(filed, NOVEMBER, "site", 12, "抽查网站", actor=operator, now=make.NOW)
    assert bulletin.issue(NOVEMBER, **given).number == "TB-202611-02"
    paper = bulletin_pdf.pdf(first, now=at(DECEMBER_3))
    assert paper.startswith(b"%PDF") and bulletin_pdf.pdf(first, now=at(DECEMBER_3)) == paper


def test_a_bulletin_of_the_time_of_one_plot_is_the_same_paper_as_then(filed: Agency, operator: Any) -> None:
    now = at(DECEMBER_3)
    made = bulletin.issue(NOVEMBER, actor=operator, now=now, today=DECEMBER_3)
    stored = made.body["trends"].pop("stored")
    made.body |= {"trend": [each[:3] for each in stored], "threshold": made.body.pop("thresholds")["stored"]}
    assert bulletin_pdf.pdf(made, now=now).startswith(b"%PDF")


def test_every_source_is_told_of_a_new_bulletin_and_of_no_unchanged_one(filed: Agency, operator: Any) -> None:
    other = make.agency(make.OTHER_AGENCY)
    box = Message.objects.filter(kind="quality_bulletin")
    given = {"actor": operator, "now": at(DECEMBER_3), "today": DECEMBER_3}
    bulletin.issue(NOVEMBER, **given)
    bulletin.issue(NOVEMBER, **given)
    assert {each.mailbox for each in box} == {filed.pk, other.pk} and box.count() == 2
    assert "TB-202611-01" in box[0].title


def test_a_source_is_told_its_place_and_nothing_of_the_others(filed: Agency) -> None:
    other = make.agency(make.OTHER_AGENCY)
    assert months.place(NOVEMBER, filed) == (1, 1)
    assert months.place(NOVEMBER, other) == (None, 1)
    better = filings.clerk(other, "better")
    rows = [row | {"CF_WSH": f"示外罚〔2026〕{n}号"} for n, row in enumerate(filings.rows(12))]
    filings.file(filings.as_csv(rows), better, name="b.csv")
    counting.count(make.NOW)
    assert (months.place(NOVEMBER, other), months.place(NOVEMBER, filed)) == ((1, 2), (2, 2))


def test_every_rate_is_followed_over_the_months(filed: Agency, operator: Any) -> None:
    entries.set_duties(filed, [make.PENALTY, make.LICENCE], actor=operator, now=make.NOW, today=make.TODAY)
    found = trends.trends(NOVEMBER, [filed.pk])
    assert set(found) == set(trends.Measure) and {len(points) for points in found.values()} == {12}
    last = {measure.value: (rate.part, rate.whole) for measure, points in found.items() for _, rate in points[-1:]}
    assert last == {
        "stored": (12, 13), "complete": (1, 2), "accurate": (12, 13), "timely": (13, 14), "duplicates": (1, 14),
    }  # fmt: skip
    assert trends.trend(trends.Measure.DUPLICATES, NOVEMBER, [filed.pk], 1) == found[trends.Measure.DUPLICATES][-1:]
    assert all(not rate.told for points in found.values() for _, rate in points[:-1])
    # Nobody has published the working days of that year, so lateness is unknown and no rate is made up.
    assert trends.trend(trends.Measure.TIMELY, date(2031, 1, 1), [filed.pk], 1)[0][1] == trends.NO_RATE


def test_the_table_as_csv_holds_no_formula(filed: Agency, operator: Any) -> None:
    accounts.register_agency(make.OTHER_AGENCY, '=HYPERLINK("x")', "Evil", "320100", files_records=True)
    text = bulletin.as_csv(bulletin.table(NOVEMBER, operator, make.TODAY))
    names = [line[1] for line in csv.reader(io.StringIO(text))]
    assert names[2] == '\'=HYPERLINK("x")'
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["有效入库行数"], first["应入库行数"], first["有效入库率"]) == ("12", "13", "92.3")
