"""What was found, who was told and who confirmed a duty stays written as it was."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

DUTY = ("record_id", "performed_on", "agency_id", "confirmed_by_id", "confirmed_at", "entry_id")
OUTREACH = (
    "record_id",
    "subject_id",
    "grade",
    "eligible_on",
    "found_on",
    "found_at",
    "way",
    "notice_id",
    "entry_id",
)
ENDING = ("record_id", "duty_id", "ended_at", "grounds", "notice_id")
EFFECT = ("id", "ending_id", "kind", "started_at", "done_at", "receipt", "entry_id")


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_outreach")]

    operations = [
        operation(
            Guard("rights_dutyconfirmation", DUTY),
            Guard("rights_outreach", OUTREACH),
            Guard("rights_unaskedending", ENDING),
            Guard("rights_unaskedeffect", EFFECT),
        )
    ]
