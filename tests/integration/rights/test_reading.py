"""Reading cases: only those concerned, one answer for everybody else, and a leaf for each look at a person's case."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import applied, objected, proposed, stage

from chengxin.accounts.roles import Role
from chengxin.ledger.models import Entry
from chengxin.rights import handling, own_cases, queues
from chengxin.rights.models import Reading

pytestmark = pytest.mark.django_db


def read(case, reader):
    return handling.read(case.pk, reader, now=NOW, today=TODAY)


def test_an_officers_look_at_a_persons_case_leaves_a_leaf_the_person_can_see():
    s = stage(factories.person())
    case, leaves = objected(s), Entry.objects.filter(kind="case_read").count()
    assert read(case, s.reviewer) is not None
    assert Entry.objects.filter(kind="case_read").count() == leaves + 1
    seen = read(case, s.applicant).readings
    assert [reading.reader for reading in seen] == [s.reviewer]
    assert Reading.objects.count() == 1  # The person's own look is not a disclosure.


def test_a_case_is_shown_to_nobody_it_does_not_concern():
    s = stage()
    case = objected(s)
    strangers = [
        factories.user("enquirer", Role.ENQUIRER, of=s.source),
        factories.user("auditor", Role.AUDITOR),
        factories.user("citizen", Role.CITIZEN),
        factories.user("elsewhere", Role.SOURCE_CLERK, of=factories.agency(factories.OTHER_AGENCY)),
        factories.user("region", Role.REVIEWER, region="320500"),
    ]
    assert [read(case, stranger) for stranger in strangers] == [None] * len(strangers)
    assert all(read(case, one) for one in (s.applicant, s.clerk, s.centre, s.reviewer, s.decider))


def test_the_queue_follows_the_case_from_desk_to_desk():
    s = stage()
    case = proposed(s, "upheld")
    waiting = {name: [row.case.pk for row in queues.queue(getattr(s, name), queues.Filters(), 1, TODAY).rows]
               for name in ("centre", "clerk", "reviewer", "decider")}  # fmt: skip
    assert waiting == {"centre": [], "clerk": [], "reviewer": [], "decider": [case.pk]}


def test_the_subject_sees_their_own_cases_and_nobody_elses():
    s = stage()
    first, second = objected(s), applied(s)
    other = factories.citizen(factories.firm(factories.OTHER_FIRM, "远岫纸业有限公司"), "other")
    assert {row.case.pk for row in own_cases.cases_of(s.applicant, TODAY)} == {first.pk, second.pk}
    assert own_cases.cases_of(other, TODAY) == []


def test_a_proposal_is_not_shown_among_the_documents_before_it_is_decided():
    s = stage()
    case = proposed(s, "upheld")
    assert read(case, s.applicant).documents == []
