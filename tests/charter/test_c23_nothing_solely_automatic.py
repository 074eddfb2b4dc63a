"""C23: a decision that affects someone is never solely automatic; the explanation is stored with it."""

from __future__ import annotations

import pytest
from tests.factories import NOW
from tests.stages import decided, proposed, restored, stage

from chengxin.cases import selectors as cases
from chengxin.cases import services
from chengxin.cases.models import CaseEvent
from chengxin.cases.workflows import WORKFLOWS
from chengxin.rules.errors import Refusal

DECIDING = {"propose", "decide", "approve", "deny", "cancel", "dismiss", "refuse"}


def test_no_deciding_step_of_any_procedure_belongs_to_the_system():
    for flow in WORKFLOWS.values():
        for step in flow.transitions:
            assert step.action not in DECIDING or "system" not in step.roles, step


@pytest.mark.django_db
def test_the_platform_cannot_decide_a_case_that_is_ready():
    case = proposed(stage(), "deleted")
    with pytest.raises(Refusal):
        services.act_by_system(case.id, "decide", now=NOW, note="自动", met=("effects_done", "applicant_told"))


@pytest.mark.django_db
@pytest.mark.parametrize("end", [lambda s: decided(s, "deleted"), restored])
def test_two_named_people_and_their_reasons_stand_behind_every_decision(end):
    case = end(stage())
    events = CaseEvent.objects.filter(case=case, action__in=["propose", "decide", "approve"])
    assert events.count() == 2
    assert len(set(events.values_list("actor_id", flat=True))) == 2
    assert all(line.note for line in cases.timeline(case) if line.event in list(events))
