"""An erasure may blank the reason of a proposal and of a measure, once and for good."""

from __future__ import annotations

from django.db import migrations, models

from chengxin.storage.guards import Guard, replacement

PROPOSAL = (
    "id", "record_id", "code", "reason", "starts_on", "ends_on", "agency_id", "proposed_by_id", "proposed_at",
    "record_version",
)  # fmt: skip
MEASURE = (
    "id", "proposal_id", "record_id", "code", "name_zh", "name_en", "measure_class", "basis_instrument",
    "basis_article", "basis_rank", "reason", "remedy", "decision_no", "proposed_by_id", "decided_by_id", "decided_at",
    "notice_id", "starts_on", "ends_on", "record_use_until", "lifted_at", "lift_ref",
)  # fmt: skip


class Migration(migrations.Migration):
    """Lets two columns be emptied; everything else of both tables stays as it was decided."""

    dependencies = [("supervision", "0002_guards")]
    operations = [
        migrations.AlterField("measureproposal", "reason", models.TextField(null=True)),
        migrations.AlterField("measure", "reason", models.TextField(null=True)),
        replacement(
            Guard("supervision_measureproposal", PROPOSAL, blanked_columns=("reason",)),
            Guard("supervision_measure", MEASURE, open_columns=("lifted_at", "lift_ref"), blanked_columns=("reason",)),
        ),
    ]
