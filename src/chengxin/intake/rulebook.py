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
from chengxin.rules.validation.codes import INTAKE_CODES, Rule, parse_rules
from chengxin.rules.validation.context import Context, earliest_on_time
from chengxin.rules.workdays import CalendarGap


def rules(on: date | None) -> dict[str, Rule]:
    """Return the validation rules in force on a day, or of all days."""
    return _rules(Path(settings.LAW_DIR), on)


def besides() -> dict[str, Rule]:
    """Return the rules of what intake finds besides, when a row meets its file, its item or the records there are."""
    return _besides(Path(settings.LAW_DIR))


@lru_cache(maxsize=8)
def _rules(directory: Path, on: date | None) -> dict[str, Rule]:
    return parse_rules(_parsed(directory, "validation.yaml"), on)


@lru_cache(maxsize=2)
def _besides(directory: Path) -> dict[str, Rule]:
    return parse_rules(_parsed(directory, "intake.yaml"), codes=INTAKE_CODES)


@lru_cache(maxsize=4)
def _parsed(directory: Path, name: str) -> Any:
    return yaml.safe_load((directory / "national" / name).read_text(encoding="utf-8"))


def context_on(layout: Layout, today: date, *, procedure: str = "") -> Context:
    """Return what a check of a file filed today needs besides the file; ``procedure`` is that of the catalogue item."""
    days = _workdays_to_report(layout, today)
    # Whoever files under the item of the simple procedure needs no advice to file there.
    advised = {"penalty.simple"} if procedure == "simple" else frozenset[str]()
    return Context(
        rules={code: rule for code, rule in rules(today).items() if code not in advised},
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
