"""The day's work: everything due, once, with progress; stopped anywhere it goes on; figures are kept with their day."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.stages import at, restored, stage

from chengxin.accounts.models import Message
from chengxin.cli import daily
from chengxin.cli.main import main
from chengxin.disclosure import daily_reads
from chengxin.rights import daily_figures, duty, objections, outreach, repaired, statistics
from chengxin.rights.models import DailyFigures, OutreachRun
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
NUMBER, MINOR_DAY = "示交罚〔2026〕1号", date(2026, 11, 2)
WARNING = {**make.penalty_content(category="警告"), "CF_NR": "警告"}
LATER = TODAY + timedelta(days=3)


def work(day: date = TODAY) -> str:
    with moved_to(day):
        answer = CliRunner().invoke(main, ["work", "--once"], catch_exceptions=False)
    assert answer.exit_code == 0
    return answer.output


def letters(s) -> int:
    return Message.objects.filter(mailbox=s.subject.id, kind="repair_open").count()


def test_work_finds_tells_and_counts_once_a_day():
    s = stage()
    said = work()
    assert "told 1" in said and "outreach 1/1" in said and "figures 1" in said and "reads 1" in said
    assert letters(s) == 1
    assert "told" not in work() and letters(s) == 1
    assert "figures 1" in work(TODAY + timedelta(days=1))
    assert letters(s) == 1
    assert DailyFigures.objects.count() == 2


def test_a_stopped_day_is_due_again_and_goes_on(monkeypatch):
    s = stage()
    for n in range(2, 8):
        make.record(s.subject, decided=date(2026, 4, 15), document_no=f"示交罚〔2026〕{n}号")
    monkeypatch.setattr(outreach, "BATCH", 2)

    def stop(text: str) -> None:
        if "1/" in text or "200/" in text or "/7" in text:
            raise KeyboardInterrupt

    seen: set[tuple[str, date]] = set()
    with moved_to(TODAY), pytest.raises(KeyboardInterrupt):
        daily.round_of_day(stop, seen)
    assert OutreachRun.objects.get().finished_at is None
    assert ("told", TODAY) not in seen and daily_figures.missing(TODAY)
    with moved_to(TODAY):
        daily.round_of_day(lambda _text: None, seen)
    assert OutreachRun.objects.get().finished_at is not None
    assert letters(s) == 7
    assert not daily_figures.missing(TODAY)


def test_what_is_kept_is_what_was_counted():
    s = stage()
    restored(s)
    kept = daily_figures.make(now=NOW, today=TODAY)
    assert kept.figures == statistics.figures(TODAY)
    assert list(kept.figures.by_month["objection"].cells) == list(statistics.figures(TODAY).by_month["objection"].cells)
    assert kept.share == repaired.key_figure(TODAY).public().subjects


def test_the_page_says_of_which_day_it_is_and_does_not_count_on_a_visit(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    first = Client().get("/transparency/")
    assert DailyFigures.objects.count() == 1, "the first visit of an installation computes them"
    before = first.context["as_of"]
    for number in range(12):
        record = make.record(s.subject, document_no=f"示交罚〔2026〕{20 + number}号")

        objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
    again = Client().get("/transparency/")
    assert again.context["as_of"] == before == TODAY
    assert again.context["kinds"][0]["stats"][0]["value"] == "0"
    settings.DEMO_DAY = LATER.isoformat()
    assert Client().get("/transparency/").context["as_of"] == TODAY, "nobody has computed a newer one"
    daily_figures.make(now=at(LATER), today=LATER)
    newest = Client().get("/transparency/")
    assert newest.context["as_of"] == LATER
    assert newest.context["kinds"][0]["stats"][0]["value"] == "12"


def test_the_page_needs_two_rows_and_little_time(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    stage()
    browser = Client()
    browser.get("/transparency/")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/transparency/")
    assert len(asked) <= 4, [each["sql"] for each in asked]
    took = []
    for _again in range(5):
        start = time.perf_counter()
        browser.get("/transparency/")
        took.append(time.perf_counter() - start)
    print(f"transparency page: {min(took) * 1000:.1f} ms")
    assert min(took) < 0.25, "five times the 50 ms it takes on a quiet machine, since others share this one"


def test_unasked_endings_are_counted_beside_the_applications_and_a_subject_once():
    s = stage(decided=MINOR_DAY, content=WARNING)
    for n in range(2, 12):
        make.record(s.subject, decided=MINOR_DAY, document_no=f"示交罚〔2026〕{n}号", content=WARNING)
    for n in range(1, 12):
        done = duty.confirm(f"示交罚〔2026〕{n}号", MINOR_DAY, MINOR_DAY, actor=s.clerk, now=NOW, today=TODAY)
        assert done.ending is not None
    kept = daily_figures.make(now=NOW, today=TODAY)
    assert kept.unasked.cells["2026-11"] == 11
    assert kept.figures.by_grade["restoration"].total == 0, "nobody applied"
    month_later = TODAY + timedelta(days=40)
    found = repaired.key_figure(month_later)
    assert (found.subjects.eligible, found.subjects.repaired) == (1, 1)
    assert (found.records.eligible, found.by_way["ended"].repaired) == (11, 11)


def test_a_subject_told_first_and_ended_later_is_counted_once():
    s = stage(decided=MINOR_DAY, content=WARNING)
    outreach.run(now=NOW, today=TODAY, engine="reference")
    duty.confirm(NUMBER, MINOR_DAY, MINOR_DAY, actor=s.clerk, now=NOW, today=TODAY)
    outreach.run(now=at(LATER), today=LATER, engine="reference")
    found = repaired.key_figure(TODAY + timedelta(days=40))
    assert (found.subjects.eligible, found.subjects.repaired, found.records.eligible) == (1, 1, 1)


def test_small_counts_of_endings_are_told_nowhere():
    s = stage(decided=MINOR_DAY, content=WARNING)
    duty.confirm(NUMBER, MINOR_DAY, MINOR_DAY, actor=s.clerk, now=NOW, today=TODAY)
    assert daily_figures.unasked(TODAY).cells["2026-11"] is None
    assert daily_figures.unasked(TODAY).total is None


def test_reads_are_kept_too():
    kept = daily_reads.make(now=NOW, today=TODAY)
    assert daily_reads.latest(now=at(LATER), today=LATER) == kept
    assert daily_reads.missing(LATER)
