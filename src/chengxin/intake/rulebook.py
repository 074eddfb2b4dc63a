"""The surroundings of a check on a day: rules in force, working days, and what may not be collected."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from chengxin.catalogue import lawbook
from chengxin.rules import workdays
from chengxin.rules.dated import LawGap
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Rule, parse_rules
from chengxin.rules.validation.context import Context, earliest_on_time
from chengxin.rules.workdays import CalendarGap


def rules(on: date | None) -> dict[str, Rule]:
    """Return the validation rules in force on a day, or of all days."""
    return _rules(Path(settings.LAW_DIR), on)


@lru_cache(maxsize=8)
def _rules(directory: Path, on: date | None) -> dict[str, Rule]:
    return parse_rules(_parsed(directory), on)


@lru_cache(maxsize=2)
def _parsed(directory: Path) -> Any:
    return yaml.safe_load((directory / "national" / "validation.yaml").read_text(encoding="utf-8"))


def context_on(layout: Layout, today: date) -> Context:
    """Return what a check of a file filed today needs besides the file."""
    days = _workdays_to_report(layout, today)
    return Context(
        rules=rules(today),
        today=today,
        filed_on=today,
        on_time_from=_on_time_from(today, days) if days else None,
        publish_workdays=days,
    )


def _workdays_to_report(layout: Layout, today: date) -> int:
    if not layout.publish_workdays:
        return 0
    try:
        return int(str(lawbook.current().value(layout.publish_workdays, today).value))
    except LawGap:
        return 0


def _on_time_from(today: date, days: int) -> date | None:
    """Lateness is not judged in a year whose working days nobody has published yet."""
    try:
        return earliest_on_time(today, lambda decided: workdays.add(decided, days, lawbook.calendar()).due_on)
    except CalendarGap:
        return None
