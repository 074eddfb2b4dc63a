"""Repair comes to the person: who may be restored is found, told once, with a filled-in form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.stages import LONG_AGO, Stage, applied, at, objected, restored, stage, take

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.cli.main import main
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.rights import duty, outreach, repaired
from chengxin.rights.duty import DutyNotConfirmed
from chengxin.rights.models import Outreach, OutreachRun, UnaskedEffect, UnaskedEnding
from chengxin.supervision import selectors as supervision
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
NUMBER = "示交罚〔2026〕1号"
WARNING = {**make.penalty_content(category="警告"), "CF_NR": "警告"}


def run(day: date = TODAY, **options: Any) -> outreach.Tally:
    return outreach.run(now=at(day), today=day, **options)


def letters(s: Stage) -> list[Message]:
    return list(Message.objects.filter(mailbox=s.subject.id, kind__in=["repair_open", "record_ended_unasked"]))


def warned(decided: date = date(2026, 11, 2)) -> Stage:
    """Return a stage whose record is a warning, which is minor: it opens at once and is used for three months."""
    s = stage(decided=decided, content=WARNING)
    version = registry.present_version(s.record)
    assert version is not None and version.grade == "minor"
    return s


def confirm(
    s: Stage, performed_on: date = date(2026, 11, 10), *, on: date = LONG_AGO, **changed: Any
) -> duty.Confirmed:
    parts = {"actor": s.clerk, "now": NOW, "today": TODAY, **changed}
    return duty.confirm(NUMBER, on, date(2026, 11, 10), **parts)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_the_subject_is_told_with_a_link_to_the_form(engine):
    s = stage()
    assert run(engine=engine).invited == 1
    (letter,) = letters(s)
    assert letter.link == f"/mine/records/{s.record}/restoration/"
    assert "2026-07-16" in letter.body and "免费" in letter.body
    assert OutreachRun.objects.get(pk=TODAY).engine == engine
    assert OutreachRun.objects.get(pk=TODAY).finished_at is not None


def test_nobody_is_told_a_day_early_and_everybody_on_the_day():
    s = stage()
    assert run(date(2026, 7, 15)).becoming == 1
    assert letters(s) == []
    run(date(2026, 7, 16))
    assert len(letters(s)) == 1
    assert Outreach.objects.get().eligible_on == date(2026, 7, 16)


def test_running_again_tells_nobody_twice():
    s = stage()
    run()
    assert run().invited == 0
    assert run(TODAY + timedelta(days=1)).invited == 0
    assert len(letters(s)) == 1


def test_a_run_that_is_killed_goes_on_where_it_stopped():
    s = stage()
    for n in range(2, 8):
        make.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{n}号")

    def killed(done: int, _all: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(batch=2, progress=killed)
    assert len(letters(s)) == 4
    assert OutreachRun.objects.get(pk=TODAY).finished_at is None
    heard: list[tuple[int, int]] = []
    assert run(batch=2, progress=lambda done, left: heard.append((done, left))).invited == 3
    assert heard == [(2, 3), (3, 3)]
    links = [letter.link for letter in letters(s)]
    assert len(links) == len(set(links)) == 7


def test_a_disputed_record_waits_and_an_applicant_is_not_told_what_they_know():
    s = stage()
    objected(s)
    assert run().found == 0
    other = stage_of_another()
    applied(other)
    assert run().applied == 1
    assert letters(other) == [] and letters(s) == []


def stage_of_another() -> Stage:
    subject = make.firm(make.OTHER_FIRM, "云岭商贸有限公司")
    record = make.record(subject, decided=LONG_AGO)
    account = make.user("other", make.Role.ORGANISATION_REPRESENTATIVE)
    make.give_mandate(account, subject, NOW)
    return Stage(subject, record, account, *(None,) * 5)  # type: ignore[arg-type]  # Nobody else is on this stage.


def test_a_minor_record_ends_without_any_application_once_its_authority_confirms():
    s = warned()
    done = confirm(s, on=date(2026, 11, 2))
    assert done.ending is not None
    assert not registry.in_use([s.subject.id], TODAY).exists()
    assert not supervision.measures_in_force([s.subject.id], TODAY).exists()
    effects = UnaskedEffect.objects.filter(ending=done.ending)
    assert {effect.kind for effect in effects} == {"publish", "share_use", "measures", "recipients"}
    assert all(Entry.objects.filter(pk=effect.entry_id).exists() for effect in effects)
    (letter,) = letters(s)
    assert "不需要申请" in letter.body and "义务已于 2026-11-10" in letter.body and "行政复议" in letter.body


def test_the_ending_keeps_who_confirmed_and_every_condition_with_its_article():
    s = warned()
    ending = confirm(s, on=date(2026, 11, 2)).ending
    assert ending is not None
    assert ending.grounds["duty"]["officer"] == str(s.clerk.pk)
    assert ending.grounds["rule"]["key"] == "repair.minor_without_application"
    assert all(each["basis"] for each in ending.grounds["conditions"])


def test_confirming_again_ends_nothing_twice_and_the_daily_run_finds_nothing_left():
    s = warned()
    confirm(s, on=date(2026, 11, 2))
    with pytest.raises(DutyNotConfirmed):
        confirm(s, on=date(2026, 11, 2))
    assert run().found == 0
    assert UnaskedEnding.objects.count() == 1


def test_a_dispute_stands_before_the_ending_and_the_daily_run_ends_it_afterwards():
    s = warned()
    case = objected(s)
    assert confirm(s, on=date(2026, 11, 2)).ending is None
    take(case, "withdraw", s.applicant)
    assert run().ended == 1
    assert Outreach.objects.get().way == Outreach.ENDED


def test_a_minor_record_whose_subject_was_told_first_still_ends_when_the_duty_is_confirmed():
    s = warned()
    assert run().invited == 1
    assert confirm(s, on=date(2026, 11, 2)).ending is not None
    assert Outreach.objects.get().way == Outreach.INVITED
    assert [letter.kind for letter in letters(s)] == ["repair_open", "record_ended_unasked"]


def test_a_general_record_does_not_end_by_itself_but_its_form_is_filled_in():
    s = stage()
    assert confirm(s).ending is None
    assert registry.in_use([s.subject.id], TODAY).exists()
    assert outreach.prefilled(s.record)["duty_performed_on"] == date(2026, 11, 10)
    run()
    assert "不需要再交证明" in letters(s)[0].body


def test_the_form_behind_the_letter_is_filled_in(client):
    s = stage()
    confirm(s)
    run()
    client.force_login(s.applicant)
    page = client.get(letters(s)[0].link).content.decode()
    assert 'value="2026-11-10"' in page and "已确认义务于 2026-11-10 全部履行" in page


def test_a_persons_document_is_found_by_its_number_though_the_number_is_sealed():
    s = stage(make.person())
    assert confirm(s).duty.record_id == s.record


@pytest.mark.parametrize(
    ("number", "day", "performed"),
    [
        ("示交罚〔2026〕9号", LONG_AGO, date(2026, 11, 10)),
        (NUMBER, date(2026, 4, 16), date(2026, 11, 10)),
        (NUMBER, LONG_AGO, date(2026, 4, 14)),
        (NUMBER, LONG_AGO, date(2026, 11, 21)),
        ("", LONG_AGO, date(2026, 11, 10)),
    ],
)
def test_a_confirmation_that_fits_no_record_or_no_day_is_refused(number, day, performed):
    s = stage()
    with pytest.raises(DutyNotConfirmed):
        duty.confirm(number, day, performed, actor=s.clerk, now=NOW, today=TODAY)


def test_only_an_officer_of_the_authority_confirms():
    s = stage()
    stranger = make.user("stranger", make.Role.SOURCE_CLERK, of=make.agency(make.OTHER_AGENCY))
    with pytest.raises(DutyNotConfirmed):
        confirm(s, actor=stranger)
    with pytest.raises(NotPermitted):
        confirm(s, actor=s.applicant)


def test_nobody_confirms_their_own_duty():
    s = stage()
    make.give_mandate(s.clerk, s.subject, NOW)
    with pytest.raises(DutyNotConfirmed):
        confirm(s)


def test_the_key_figure_counts_only_those_found_long_enough_ago():
    s = stage()
    run(date(2026, 7, 16))
    early = repaired.key_figure(date(2026, 8, 14))
    assert (early.subjects.eligible, early.too_early) == (0, 1)
    ripe = repaired.key_figure(date(2026, 8, 15))
    assert (ripe.days, ripe.subjects.eligible, ripe.subjects.repaired, ripe.too_early) == (30, 1, 0, 0)
    assert ripe.subjects.percent == 0
    assert registry.present_version(s.record) is not None


def test_a_subject_counts_when_all_that_was_found_is_restored():
    s = stage()
    second = make.record(s.subject, decided=LONG_AGO, document_no="示交罚〔2026〕2号")
    run()
    later = TODAY + timedelta(days=30)
    restored(s)
    assert (repaired.key_figure(later).records.repaired, repaired.key_figure(later).subjects.repaired) == (1, 0)
    restored(replace(s, record=second))
    assert (repaired.key_figure(later).records.repaired, repaired.key_figure(later).subjects.repaired) == (2, 1)
    assert repaired.key_figure(later).by_grade["general"].eligible == 2


def test_the_public_figure_hides_small_counts_on_both_sides_of_the_line():
    share = repaired.Share
    assert share(200, 150).public() == share(200, 150)
    assert share(200, 195).public() == share(None, None)
    assert share(9, 0).public() == share(None, None)
    assert share(0, 0).public().percent is None
    assert share(40, 40).public().percent == 100
    assert repaired.key_figure(TODAY + timedelta(days=30)).public().by_grade == {}


def test_an_officer_confirms_at_the_desk_and_sees_nothing_of_the_record(client):
    s = warned()
    client.force_login(s.clerk)
    form = {"document_no": NUMBER, "document_date": "2026-11-02", "performed_on": "2026-11-10", "checked": "on"}
    with moved_to(TODAY):
        page = client.post("/console/outreach/", form, follow=True).content.decode()
    assert "已立即终止" in page and "栖云望舒" not in page
    assert UnaskedEnding.objects.filter(record_id=s.record).exists()


def test_the_desk_says_why_a_confirmation_is_refused(client):
    s = warned()
    client.force_login(s.clerk)
    form = {"document_no": NUMBER, "document_date": "2026-11-03", "performed_on": "2026-11-10", "checked": "on"}
    with moved_to(TODAY):
        answer = client.post("/console/outreach/", form)
    assert answer.status_code == 422 and "没有找到本单位作出的" in answer.content.decode()


def test_the_desk_shows_reviewers_the_figure_without_the_form_and_others_nothing(client):
    s = stage()
    client.force_login(s.reviewer)
    page = client.get("/console/outreach/").content.decode()
    assert "30 日内修复的主体" in page and "决定文书号" not in page
    client.force_login(s.applicant)
    assert client.get("/console/outreach/").status_code == 403
    client.logout()
    assert client.get("/console/outreach/").status_code == 302


def test_the_command_says_what_it_did():
    s = stage()
    shown = CliRunner().invoke(main, ["outreach", "--today", "2026-11-20"])
    assert shown.exit_code == 0
    assert "送达 told 1" in shown.output and "subjects repaired within 30 days: 0/0" in shown.output
    assert len(letters(s)) == 1
