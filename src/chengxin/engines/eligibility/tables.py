"""What goes into the job and what comes out: a table of facts about records, and one verdict for each of them."""

from __future__ import annotations

from datetime import date

import polars as pl

from chengxin.rules.dated import LawBook
from chengxin.rules.eligibility import RestorationFacts, restorable
from chengxin.rules.grading import GRADE_NAMES

FACTS = pl.Schema(
    {
        "record": pl.String(),
        "subject": pl.String(),
        "authority": pl.String(),
        "listing": pl.Boolean(),
        "nature": pl.String(),
        "grade": pl.String(),
        "restorable_from": pl.Date(),
        "use_until": pl.Date(),
        "ended": pl.Boolean(),
        "link_suspended": pl.Boolean(),
        "disputed": pl.Boolean(),
        "matter_open": pl.Boolean(),
        "kinds": pl.List(pl.String()),
        "ban_until": pl.Date(),
        "barred_until": pl.Date(),
        "duty": pl.Boolean(),
    }
)
"""One row a record. ``listing``: an entry in a list of seriously dishonest subjects. ``kinds``: the penalties by name.

``duty``: performed, open, or null while nobody has said. ``grade`` may be empty; dates are inclusive last days, save
``restorable_from``, the first day on which restoration may be sought. No column holds a name or a number of a person.
"""

VERDICTS = pl.Schema({"record": pl.String(), "state": pl.String(), "day": pl.Date(), "reason": pl.String()})
"""``state``: "eligible" on the day asked about, "becomes" so on ``day``, or "not", for ``reason``.

``day`` is also given where only a dispute or an open application stands between the record and its restoration.
"""

REASONS = (
    "ended",
    "not_negative",
    "expired",
    "link_suspended",
    "no_period",
    "duty_open",
    "excluded",
    "listed",
    "ends_first",
    "disputed",
    "under_way",
)
"""Every reason there is, in the order in which the first that holds is given."""


def check_law(law: LawBook, on: date) -> None:
    """Raise LawGap before any row is judged when the law of that day has a hole the rows could fall into."""
    for grade in GRADE_NAMES:
        restorable(RestorationFacts(grade=grade, restorable_from=None), law, on)
