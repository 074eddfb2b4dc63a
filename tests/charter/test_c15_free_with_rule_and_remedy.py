"""C15: restoration and objection are free, say which rule decided, and always name the remedy."""

from __future__ import annotations

import pytest
from django.apps import apps
from tests.factories import TODAY
from tests.stages import decided, objected, proposed, restored, stage, take, verified

from chengxin.accounts.models import Message
from chengxin.cases import selectors as cases
from chengxin.cases.models import Document
from chengxin.cases.workflows import WORKFLOWS
from chengxin.catalogue import lawbook
from chengxin.rules.workflow import NeedsUnmet

ROOMS = ("cases", "rights", "supervision")
FEE_WORDS = ("fee", "price", "charge", "payment", "cost", "amount", "fen")


def test_no_table_of_these_rooms_has_a_column_for_money():
    columns = [f"{model.__name__}.{field.name}" for room in ROOMS for model in apps.get_app_config(room).get_models()
               for field in model._meta.concrete_fields]  # fmt: skip
    assert len(columns) > 40
    assert [column for column in columns if any(word in column.split(".")[1].split("_") for word in FEE_WORDS)] == []


def test_the_law_says_nought_and_no_step_needs_a_payment():
    assert lawbook.current().integer("repair.fee_fen", TODAY) == 0
    needs = {need for flow in WORKFLOWS.values() for step in flow.transitions for need in step.needs}
    assert not any(word in need for need in needs for word in FEE_WORDS)


@pytest.mark.django_db
@pytest.mark.parametrize("end", [
    lambda s: decided(s, "upheld"),
    lambda s: decided(s, "deleted"),
    lambda s: take(objected(s), "refuse", s.centre, note="不属于受理范围"),
    restored,
    lambda s: take(take(verified(s), "propose", s.reviewer, outcome="denied", note="未缴清"), "deny", s.decider,
                   note="未缴清"),
])  # fmt: skip
def test_every_decision_names_rule_remedy_and_that_it_is_free(end):
    s = stage()
    case = end(s)
    document = Document.objects.filter(case=case, kind__endswith="decision").get()
    text = cases.document_text(document)
    rule_line = next(line for line in text.split("\n") if line.startswith("依据："))
    assert rule_line.count("《") >= 2
    assert "行政复议" in text
    assert "行政诉讼" in text
    assert "不收取任何费用" in text
    told = Message.objects.filter(mailbox=s.subject.id, kind__endswith="decided").get()
    assert "行政复议" in told.body


@pytest.mark.django_db
def test_a_decision_without_a_reason_is_refused():
    s = stage()
    case = proposed(s, "upheld")
    with pytest.raises(NeedsUnmet):
        take(case, "decide", s.decider, note="")
    assert not Document.objects.filter(kind__endswith="decision").exists()
