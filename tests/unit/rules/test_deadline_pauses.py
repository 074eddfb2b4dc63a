"""Due dates over pauses and extensions, as a lawyer would count them on the 2026 calendar."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules.deadlines import Extension, NotADeadline, Pause, due

MONDAY = date(2026, 11, 16)
LAW, CALENDAR = lawbook.current(), lawbook.calendar()


def pause(since: date, until: date) -> Pause:
    return Pause(since, until, "检测", "testing")


def extension(key: str = "objection.extension_workdays") -> Extension:
    return Extension(key, date(2026, 11, 20), "理由：案情复杂", "because the case is complex")


def test_without_pauses_nothing_changes():
    # 七个工作日：11 月 16 日（周一）当日不计，至 11 月 25 日（周三）。
    assert due("objection.total_workdays", MONDAY, LAW, CALENDAR).due_on == date(2026, 11, 25)


def test_two_paused_working_days_move_the_last_day_by_two():
    # 11 月 18 日要求检测，20 日恢复：19、20 两个工作日不计。
    found = due(
        "objection.total_workdays", MONDAY, LAW, CALENDAR, pauses=[pause(date(2026, 11, 18), date(2026, 11, 20))]
    )
    assert found.due_on == date(2026, 11, 27)
    text = "\n".join(step.zh for step in found.derivation)
    assert "暂停：自 2026-11-18 次日至 2026-11-20，检测，不计入期限" in text
    assert "2026-11-19（星期四） 至 2026-11-20（星期五） 暂停（检测），不计" in text


def test_a_pause_over_a_weekend_does_not_count_the_weekend_twice():
    # 20 日（周五）暂停，23 日（周一）恢复：只有 23 日是少掉的工作日。
    found = due(
        "objection.total_workdays", MONDAY, LAW, CALENDAR, pauses=[pause(date(2026, 11, 20), date(2026, 11, 23))]
    )
    assert found.due_on == date(2026, 11, 26)


def test_a_pause_that_begins_and_ends_on_one_day_stops_nothing():
    found = due("objection.total_workdays", MONDAY, LAW, CALENDAR, pauses=[pause(MONDAY, MONDAY)])
    assert found.due_on == date(2026, 11, 25)


def test_a_pause_after_the_last_day_saves_nothing():
    late = pause(date(2026, 11, 25), date(2026, 12, 4))
    assert due("objection.total_workdays", MONDAY, LAW, CALENDAR, pauses=[late]).due_on == date(2026, 11, 25)


def test_a_paused_make_up_saturday_is_not_counted():
    # 2026-10-10（星期六）调休上班；暂停期间它也不计。
    start = date(2026, 9, 30)
    plain = due("objection.provider_workdays", start, LAW, CALENDAR)
    assert plain.due_on == date(2026, 10, 10)
    stopped = due(
        "objection.provider_workdays", start, LAW, CALENDAR, pauses=[pause(date(2026, 10, 9), date(2026, 10, 10))]
    )
    assert stopped.due_on == date(2026, 10, 12)


def test_an_extension_adds_what_the_law_gives_and_names_who_agreed():
    found = due("objection.total_workdays", MONDAY, LAW, CALENDAR, extensions=[extension()])
    assert found.due_on == date(2026, 11, 30)
    line = next(step for step in found.derivation if step.zh.startswith("延长"))
    assert line.zh.startswith("延长：3 个工作日")
    assert "案情复杂" in line.zh
    assert line.basis is not None


def test_pause_and_extension_add_up():
    found = due(
        "objection.total_workdays",
        MONDAY,
        LAW,
        CALENDAR,
        pauses=[pause(date(2026, 11, 18), date(2026, 11, 20))],
        extensions=[extension()],
    )
    assert found.due_on == date(2026, 12, 2)


def test_calendar_days_move_on_by_every_paused_day():
    # 按日计的期限：暂停的每一天都往后移。
    start, key = date(2026, 6, 1), "ip.counter_days"
    plain = due(key, start, LAW, CALENDAR)
    stopped = due(key, start, LAW, CALENDAR, pauses=[pause(date(2026, 6, 2), date(2026, 6, 7))])
    assert stopped.due_on > plain.due_on
    assert any("暂停" in step.zh for step in stopped.derivation)


def test_years_cannot_be_added_to_working_days():
    with pytest.raises(NotADeadline):
        due("objection.total_workdays", MONDAY, LAW, CALENDAR, extensions=[extension("negative.retention_years")])
