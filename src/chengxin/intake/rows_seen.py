"""That the rows of a file were shown to its sender again: they may speak of persons, so it is written down first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.intake.models import Submission
from chengxin.ledger import services as ledger


def note(submission: Submission, *, actor: User, now: datetime) -> None:
    """Write down that somebody is shown the rows of a file (charter C09)."""
    with transaction.atomic():
        ledger.append("intake.rows_shown", {"by": actor.pk, "submission": submission.pk}, now=now)
