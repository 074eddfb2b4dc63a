"""An overdue objection hides the record until somebody decides: delay never works against the subject."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import stages
from tests.factories import TODAY

from chengxin.accounts.selectors import inbox
from chengxin.disclosure import feed, publication
from chengxin.registry import hiding, hot, selectors
from chengxin.registry.models import Cause
from chengxin.rights import handling, overdue

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 1)
"""Seven working days after TODAY, a Friday: 23, 24, 25, 26, 27, 30 November, 1 December."""
LATE = LAST + timedelta(days=1)


def run(day: date) -> int:
    """Let the jobs of a day run."""
    handling.lapse_overdue(now=stages.at(day), today=day)
    return overdue.stop_display(now=stages.at(day), today=day)


def shown(s: stages.Stage, day: date) -> bool:
    """Tell whether the record is in any answer of a day; all of them agree."""
    found = {
        selectors.published(day).filter(record_id=s.record).exists(),
        selectors.in_use([s.subject.id], day).exists(),
        bool(hot.standing(s.subject.id, day)),
        bool(publication.latest("all", day).rows),
    }
    assert len(found) == 1
    return found.pop()


def test_on_its_last_day_the_record_stands_and_the_day_after_it_is_hidden_once():
    s = stages.stage()
    stages.objected(s)
    assert run(LAST) == 0
    assert shown(s, LAST)
    assert run(LATE) == 1
    assert not shown(s, LATE)
    assert run(LATE) == 0
    assert any("暂停展示" in letter.body for letter in inbox([s.subject.id]))


def test_recipients_are_told_of_the_hiding_and_of_the_return():
    s = stages.stage()
    feed.collect(stages.at(TODAY), TODAY)
    case = to_proposal(s)
    run(LATE)
    feed.collect(stages.at(LATE), LATE)
    stages.take(case, "decide", s.decider, day=LATE, note="同意。")
    feed.collect(stages.at(LATE), LATE)
    assert [delta.kind for delta in feed.Delta.objects.order_by("number")] == ["publish", "withdraw", "change"]


def to_proposal(s: stages.Stage, outcome: str = "upheld", **fields: str):
    """Bring an objection to the point where its outcome is proposed, and no further."""
    case = stages.objected(s)
    stages.take(case, "accept", s.centre)
    stages.take(case, "forward", s.centre)
    stages.take(case, "answer", s.clerk, stands="yes", note="经核查无误。")
    return stages.take(case, "propose", s.reviewer, outcome=outcome, note="核查无误。", **fields)


@pytest.mark.parametrize(("outcome", "stands"), [("upheld", True), ("deleted", False)])
def test_the_decision_shows_the_record_again_or_ends_it(outcome, stands):
    s = stages.stage()
    case = to_proposal(s, outcome)
    run(LATE)
    stages.take(case, "decide", s.decider, day=LATE, note="同意。")
    assert shown(s, LATE) == stands
    assert hiding.hidden(s.record) is None


def test_withdrawing_shows_the_record_again():
    s = stages.stage()
    case = stages.objected(s)
    run(LATE)
    stages.take(case, "withdraw", s.applicant, day=LATE)
    assert shown(s, LATE)
    assert selectors.present_version(s.record).cause == Cause.RESUMED


def test_a_link_that_is_suspended_is_not_hidden_twice():
    s = stages.stage()
    stages.objected(s, "not_me")
    assert run(LATE) == 0
    assert selectors.present_version(s.record).cause == Cause.LINK_SUSPENDED


def test_only_a_cause_for_a_time_can_hide_and_only_a_hidden_record_can_return():
    s = stages.stage()
    with pytest.raises(ValueError):
        hiding.hide(s.record, Cause.DELETED, ref="办件", now=stages.at(TODAY))
    with pytest.raises(hiding.NotHidden):
        hiding.show_again(s.record, ref="办件", now=stages.at(TODAY))
