"""A measure once decided is only ever lifted, once; what was proposed stays as it was proposed."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

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
    dependencies = [("supervision", "0001_initial")]

    operations = [
        operation(
            Guard("supervision_measureproposal", PROPOSAL),
            Guard("supervision_measure", MEASURE, open_columns=("lifted_at", "lift_ref")),
        )
    ]
