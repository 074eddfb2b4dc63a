"""Three effects or none: whichever of them fails, the record is public, shared and under its measures as before."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.factories import TODAY
from tests.stages import Stage, imposed, listed_stage, take, verified

from chengxin.cases.models import Case, Notice
from chengxin.registry import selectors as registry
from chengxin.rights.models import Effect
from chengxin.supervision.models import Measure

pytestmark = pytest.mark.django_db

BREAKS = {
    "the record's ending": ("registry_recordversion", "INSERT"),
    "lifting the measures": ("supervision_measure", "UPDATE"),
    "writing a receipt": ("rights_effect", "INSERT"),
    "issuing the decision": ("cases_document", "INSERT"),
    "serving the notice": ("accounts_message", "INSERT"),
    "taking off the mark": ("registry_annotation", "UPDATE"),
}


def break_table(table: str, operation: str) -> None:
    """Let the database itself refuse one kind of write from now on."""
    if connection.vendor == "postgresql":
        sql = f"CREATE TRIGGER broken BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION chengxin_refuse()"
    else:
        sql = f"CREATE TRIGGER broken BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
    with connection.cursor() as cursor:
        cursor.execute(sql)


def ready() -> tuple[Stage, Case]:
    s = listed_stage()
    imposed(s)
    case = take(verified(s), "propose", s.reviewer, outcome="approved", note="条件均已满足。")
    return s, case


@pytest.mark.parametrize("broken", BREAKS)
def test_when_one_effect_fails_none_has_happened(broken):
    s, case = ready()
    before = registry.present_version(s.record)
    notices = Notice.objects.count()
    break_table(*BREAKS[broken])
    # COPY raises the driver's own exception, so the database is known by its words.
    with pytest.raises(Exception, match=r"broken|append-only"):
        take(case, "approve", s.decider, note="同意")
    assert Case.objects.get(pk=case.pk).state == "proposed"
    assert registry.present_version(s.record) == before
    assert registry.open_marks(s.record) == ["under_repair"]
    assert Measure.objects.get().lifted_at is None
    assert not Effect.objects.exists()
    assert Notice.objects.count() == notices


def test_unbroken_all_three_happen():
    s, case = ready()
    take(case, "approve", s.decider, note="同意")
    assert registry.present_version(s.record).cause == "restored"
    assert Measure.objects.get().lift_ref == case.number
    lifted = Effect.objects.get(case=case, kind="measures").receipt["lifted"]
    assert lifted == [str(Measure.objects.get().id)]
    assert not registry.published(TODAY).exists()
