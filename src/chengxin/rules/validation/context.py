"""What a check needs besides the row: the day, the law's values, and the words that may not head a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chengxin.rules.validation.codes import Rule

_FURTHEST = 60
_NEVER = 10**12


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one filing.

    ``rules`` are the rules in force (codes.parse_rules). ``on_time_from`` is the earliest decision date that is still
    on time for a filing on ``filed_on`` (earliest_on_time); None means that lateness is not judged, for instance
    because the working-day calendar of that year is not published. ``prohibited`` are words that no
    column may be headed with (charter C02).
    """

    rules: Mapping[str, Rule]
    today: date
    filed_on: date
    on_time_from: date | None = None
    publish_workdays: int = 7
    prohibited: tuple[str, ...] = ()

    @property
    def suspect_wan(self) -> int:
        """The amount in 万元 from which a figure is suspected to be in 元; where no rule asks, none is."""
        rule = self.rules.get("amount.unit")
        return rule.limits["suspect_wan"] if rule else _NEVER


def earliest_on_time(filed_on: date, due_on: Callable[[date], date]) -> date:
    """Return the earliest decision date whose due date is not before ``filed_on``.

    ``due_on`` counts the working days of the law from a decision date, and may raise CalendarGap. Walks back day by
    day because due dates never decrease; more than sixty days back would be no reporting period in days.
    """
    earliest = filed_on
    for back in range(1, _FURTHEST):
        day = filed_on - timedelta(days=back)
        if due_on(day) < filed_on:
            break
        earliest = day
    return earliest
